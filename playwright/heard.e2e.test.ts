import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop, type ShopPage } from "./shop-page.ts";

/** Nothing is green that was not heard within three seconds: whatever is stopped in its tracks, people read it, and read it no more afterwards. */
let shop: ShopPage;
let page: Page;
let agents: readonly ReturnType<ShopPage["product"]["startAgent"]>[];

beforeAll(async () => {
  shop = await openShop();
  ({ page } = shop);
  agents = ["node-1", "node-2", "node-3"].map((node) => shop.product.startAgent(node));
  await shop.signIn();
});
afterAll(() => shop?.close());

const live = (): Locator => page.getByRole("button", { name: "Connection: Live" });
const headline = (): Locator => page.locator(".vh1");
const green = (): Promise<number> => page.locator("main .i.allow").evaluateAll(countGreen);

/** Marks of the page that are painted in the colour of what is allowed and well. */
function countGreen(marks: readonly Element[]): number {
  const probe = document.createElement("span");
  probe.style.color = getComputedStyle(document.documentElement).getPropertyValue("--allow");
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return marks.filter((mark) => getComputedStyle(mark).color === colour).length;
}

/** Stopped for as long as `look` takes. */
async function whileStopped(pause: (paused: boolean) => void, look: () => Promise<void>): Promise<void> {
  pause(true);
  try {
    await look();
  } finally {
    pause(false);
  }
}

test("an agent that is stopped is late, and policies are not programmed there, until it goes on", async () => {
  await page.goto(shop.product.url);
  await headline().getByText("All 3 nodes enforce the newest policy").waitFor();
  await whileStopped(
    (paused) => agents[1]!.pause(paused),
    async () => {
      await headline()
        .getByText(/^\s*node-2 (was heard \d+ s ago|is no longer heard)$/)
        .waitFor();
      await page.goto(`${shop.product.url}/nodes`);
      await page
        .getByRole("row", { name: /node-2/ })
        .getByText(/^(Heard \d+ s ago|No longer heard)$/)
        .waitFor();
      await page.getByText(/^2 of 3 nodes enforce revision/).waitFor();
      await page.goto(`${shop.product.url}/policies?open=networkpolicies/shop/cart-access&tab=form`);
      await page
        .getByRole("link", { name: /cart-access/ })
        .getByText("2 of 3 nodes")
        .waitFor();
      await page.getByRole("button", { name: "Not programmed on 1 of 3" }).click();
      const behind = page.getByRole("listitem").filter({ hasText: "node-2" });
      await behind.getByText(/^heard .* ago$/).waitFor();
    },
  );
  await page.goto(`${shop.product.url}/nodes`);
  await page.getByText(/^All 3 nodes enforce revision/).waitFor();
});

test("a database that hangs turns the page into the past, with nothing green on it", async () => {
  await page.goto(shop.product.url);
  await headline().getByText("All 3 nodes enforce the newest policy").waitFor();
  await live().waitFor();
  expect(await green()).toBeGreaterThan(0);
  await whileStopped(shop.product.pauseDatabase, async () => {
    await headline()
      .getByText(/^\s*As of \d\d:\d\d:\d\d UTC, all 3 nodes enforced the newest policy$/)
      .waitFor();
    await page.getByText(/^The database has not answered since \d\d:\d\d:\d\d UTC/).waitFor();
    await page.getByRole("button", { name: /^Connection: Database silent/ }).waitFor();
    expect(await green()).toBe(0);
  });
  await live().waitFor();
  await headline().getByText("All 3 nodes enforce the newest policy").waitFor();
});

test("a page that is opened while the server hangs says so and offers a way on, and nobody is blamed for it afterwards", async () => {
  await whileStopped(shop.product.pauseApi, async () => {
    await page.goto(`${shop.product.url}/endpoints`);
    await page.getByText(/^The server has not answered since \d\d:\d\d:\d\d UTC/).waitFor();
    await page.getByText(/Still loading /).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
  });
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("row", { name: /shop\/frontend/ }).waitFor();
  await page.goto(`${shop.product.url}/health`);
  await page.getByText("All is well", { exact: true }).waitFor();
});
