import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** What a page costs and how it comes up, with nothing cached. */
let shop: ShopPage;

beforeAll(async () => {
  shop = await openShop();
  await shop.page.addInitScript(addUpShifts);
  await shop.signIn();
});
afterAll(() => shop?.close());

const PAGES = [
  "/",
  "/policies",
  "/policies?view=list",
  "/reach?src=shop/frontend&dst=shop/database&proto=TCP&port=5432",
  "/matrix",
  "/endpoints",
  "/ippools",
  "/nodes",
  "/nodes/node-1",
  "/bgp",
  "/activity",
  "/health",
  "/access",
  "/settings",
  "/globalnetworksets",
  "/networkpolicies/shop/cart-access",
];

describe.each(PAGES)("%s", (path) => {
  test("nothing jumps while it comes up, in our own fonts, which its head asks for", async () => {
    const { page, product } = shop;
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(product.url) && !request.url().startsWith("blob:")) elsewhere.push(request.url());
    });
    await page.goto(`${product.url}${path}`);
    await page.locator("main:not(:has([aria-busy=true]))").waitFor();
    const seen = await page.evaluate(async () => {
      await document.fonts.ready;
      return {
        preloaded: document.querySelectorAll("link[rel=preload][as=font]").length,
        failed: [...document.fonts].filter(({ status }) => status === "error").map(({ family }) => family),
        inter: document.fonts.check("13px inter"),
        shifted: (globalThis as unknown as { readonly shifted: number }).shifted,
      };
    });
    const { shifted, ...fonts } = seen;
    expect({ ...fonts, elsewhere }).toEqual({ preloaded: 2, failed: [], inter: true, elsewhere: [] });
    expect(shifted).toBeLessThanOrEqual(0.02);
  });
});

/** Runs in the page, first of all: keeps the sum of what moved without anybody's doing. */
function addUpShifts(): void {
  Object.assign(globalThis, { shifted: 0 });
  new PerformanceObserver((list) => {
    const shifts = list.getEntries() as unknown as { readonly value: number; readonly hadRecentInput: boolean }[];
    for (const { value, hadRecentInput } of shifts)
      if (!hadRecentInput) (globalThis as unknown as { shifted: number }).shifted += value;
  }).observe({ type: "layout-shift", buffered: true });
}
