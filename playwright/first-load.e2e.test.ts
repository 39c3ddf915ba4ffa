import { gzipSync } from "node:zlib";
import type { Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** What a page costs and how it comes up, with nothing cached. */
let shop: ShopPage;

beforeAll(async () => {
  shop = await openShop();
  await shop.page.addInitScript(noteShifts);
  await shop.signIn();
});
afterAll(() => shop?.close());

const EDITOR = "/networkpolicies/shop/cart-access?tab=form";
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
  EDITOR,
  "/networkpolicies/shop/cart-access",
  "/profiles",
];

const KIB = 1024;

test.each(PAGES)("%s comes with at most 200 KiB of JavaScript", async (path) => {
  expect(await kibOf(await declaredScripts(path))).toBeLessThanOrEqual(200);
});

test("an editor of form and YAML is at most 230 KiB more, and its checks 90 with the first change", async () => {
  const { page, product } = shop;
  const declared = await declaredScripts(EDITOR);
  const loaded = new Set<string>();
  const note = (response: Response): void => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith(".js") && !declared.includes(pathname)) loaded.add(pathname);
  };
  // The search loads itself into every page: what it is made of is known first.
  await page.goto(`${product.url}/health`);
  await page.getByRole("button", { name: "Connection: Live" }).waitFor();
  page.on("response", note);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).waitFor();
  const search = new Set(loaded);
  await page.goto(`${product.url}${EDITOR}`);
  await page.getByRole("textbox", { name: /as YAML$/ }).waitFor();
  await page.getByText("No changes").waitFor();
  const editor = [...loaded].filter((script) => !search.has(script));
  await page.getByLabel(/^Order/).fill("501");
  await page.getByText("0 problems").waitFor();
  page.off("response", note);
  const checks = [...loaded].filter((script) => !search.has(script) && !editor.includes(script));
  expect(await kibOf(editor)).toBeLessThanOrEqual(230);
  expect(checks.length).toBeGreaterThan(0);
  expect(await kibOf(checks)).toBeLessThanOrEqual(90);
});

/** Paths of the scripts that a page's own text names: what a browser that knows modules loads before anything else. */
async function declaredScripts(path: string): Promise<readonly string[]> {
  const { page, product } = shop;
  const html = await (await page.request.get(`${product.url}${path}`)).text();
  const tags = [...html.matchAll(/<script [^>]*>/g)].map(([tag]) => tag).filter((tag) => !/ nomodule/i.test(tag));
  const scripts = tags.flatMap((tag) => / src="([^"]+)"/.exec(tag)?.[1] ?? []);
  expect(scripts.length).toBeGreaterThan(5);
  return [...new Set(scripts)];
}

async function kibOf(scripts: readonly string[]): Promise<number> {
  const { page, product } = shop;
  let bytes = 0;
  for (const script of scripts)
    bytes += gzipSync(await (await page.request.get(`${product.url}${script}`)).body()).length;
  return Math.round(bytes / KIB);
}

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
        shifts: (globalThis as unknown as { readonly shifts: readonly Shift[] }).shifts,
      };
    });
    const { shifts, ...fonts } = seen;
    expect({ ...fonts, elsewhere }).toEqual({ preloaded: 2, failed: [], inter: true, elsewhere: [] });
    const shifted = shifts.reduce((sum, { value }) => sum + value, 0);
    expect(shifted <= 0.02 ? [] : shifts).toEqual([]);
  });
});

/** What moved without anybody's doing, from and to which rectangles, and how much that counts. */
interface Shift {
  readonly value: number;
  readonly moved: readonly string[];
}

/** Runs in the page, first of all. */
function noteShifts(): void {
  const shifts: Shift[] = [];
  Object.assign(globalThis, { shifts });
  interface Entry extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
  }
  const said = ({ x, y, width, height }: DOMRectReadOnly): string => [x, y, width, height].join(" ");
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Entry[]) {
      const moved = sources.map(({ node, previousRect, currentRect }) => {
        const { nodeName, className, textContent } = (node ?? document) as Element;
        return `${nodeName}.${className} '${textContent?.slice(0, 40)}': ${said(previousRect)} to ${said(currentRect)}`;
      });
      if (!hadRecentInput) shifts.push({ value, moved });
    }
  }).observe({ type: "layout-shift", buffered: true });
}
