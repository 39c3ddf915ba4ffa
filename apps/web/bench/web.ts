import type { Browser, Page } from "playwright-core";
import { benchLarge, L, M } from "./large.ts";
import { launchBrowser, type Product, startProduct } from "./product.ts";
import { manyPolicies, shop } from "./shop.ts";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const POLICIES = 10_000;
const SCROLL_MS = 6000;

/** Measures the production build against the real API in a real browser. Takes some minutes. */
export async function benchWeb(): Promise<Figure[]> {
  return [...(await benchPolicies()), ...(await benchProduct(benchLarge(M))), ...(await benchProduct(benchLarge(L)))];
}

async function benchPolicies(): Promise<readonly Figure[]> {
  return benchProduct(async (page, product) => {
    const paint = await firstUsefulPaint(page, product.url);
    await product.create(manyPolicies(POLICIES));
    const longest = await longestTaskWhileScrolling(page, product.url);
    return [
      atMost("dashboard: first useful paint", Math.round(paint), "ms", 1500),
      atMost(`dashboard: longest task while scrolling ${POLICIES} policies`, Math.round(longest), "ms", 50),
    ];
  });
}

/** With the shop in it, and somebody signed in. */
async function benchProduct(
  measure: (page: Page, product: Product) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const product = await startProduct();
  let browser: Browser | undefined;
  try {
    await product.create(shop);
    browser = await launchBrowser();
    return await measure(await signedIn(browser, product), product);
  } finally {
    await browser?.close();
    await product.stop();
  }
}

async function signedIn(browser: Browser, product: Product): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${product.url}/signin`);
  await page.getByLabel("Token").fill(product.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${product.url}/`);
  return page;
}

/** From navigation to the first policy card on screen, the median of five, each with an empty cache. */
async function firstUsefulPaint(page: Page, url: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    await session.send("Network.clearBrowserCache");
    await page.goto("about:blank");
    const start = performance.now();
    await page.goto(`${url}/policies`, { waitUntil: "commit" });
    await page.locator("[data-card]").first().waitFor();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[2] ?? Number.NaN;
}

async function longestTaskWhileScrolling(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/policies`);
  const column = page.getByRole("region", { name: "Tier default" }).locator("ol");
  await column.locator("[data-card]").first().waitFor();
  await page.waitForTimeout(3000); // what follows a load is not scrolling
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: "longtask",
    });
    Object.assign(globalThis, { tasks });
  });
  await column.hover();
  const end = performance.now() + SCROLL_MS;
  while (performance.now() < end) {
    await page.mouse.wheel(0, 900);
    await page.waitForTimeout(16);
  }
  // A jump over the whole list is scrolling too.
  await column.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.waitForTimeout(500);
  return page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks));
}
