/** The dashboard over data set M: 100 nodes, 5,000 endpoints, 1,000 policies; from an action to what it shows, and the longest task on the way. */
import type { Figure } from "@percale/testkit";
import { atMost } from "@percale/testkit";
import type { Page } from "playwright-core";
import type { Product } from "./product.ts";
import { manyEndpoints, manyPolicies } from "./shop.ts";

const SIZE = { nodes: 100, endpoints: 5_000 };
const POLICIES = 1_000;
const RUNS = 5;

export async function benchLarge(page: Page, product: Product): Promise<readonly Figure[]> {
  await product.create(manyEndpoints(SIZE));
  await product.create(manyPolicies(POLICIES));
  await page.goto(`${product.url}/endpoints`);
  await rowOf(page, "").waitFor(); // what is counted for the first time is counted now
  await page.addInitScript(watchTasks);
  const rows = await median(async () => {
    await page.goto("about:blank");
    return timed(async () => {
      await page.goto(`${product.url}/endpoints`, { waitUntil: "commit" });
      await rowOf(page, "").waitFor();
    });
  });
  const listTask = await longestTask(page);
  let typed = 10;
  const key = await median(async () => {
    const field = page.getByLabel("Find endpoints");
    await field.fill(`service-${++typed}-`);
    return timed(async () => {
      await field.press("Enter");
      await rowOf(page, `service-${typed}-`).waitFor();
    });
  });
  const change = await median(async () => {
    await page.goto(`${product.url}/endpoints`);
    await rowOf(page, "").waitFor();
    return timed(async () => {
      await page.getByRole("link", { name: "Policies", exact: true }).click();
      await page.locator("[data-card]").first().waitFor();
    });
  });
  const card = await median(async () => {
    await page.goto("about:blank");
    return timed(async () => {
      await page.goto(`${product.url}/policies`, { waitUntil: "commit" });
      await page.locator("[data-card]").first().waitFor();
    });
  });
  await page.goto(`${product.url}/`);
  await page.getByText("Open to everyone").waitFor();
  await page.waitForTimeout(3_000);
  const overviewTask = await longestTask(page);
  return [
    atMost(`dashboard: ${SIZE.endpoints} endpoints, first rows`, Math.round(rows), "ms", 1_500),
    atMost(`dashboard: ${SIZE.endpoints} endpoints, longest task while they load`, Math.round(listTask), "ms", 200),
    atMost(`dashboard: ${SIZE.endpoints} endpoints, a filter to its rows`, Math.round(key), "ms", 300),
    atMost(`dashboard: ${POLICIES} policies, page change to the first card`, Math.round(change), "ms", 200),
    atMost(`dashboard: ${POLICIES} policies, first card`, Math.round(card), "ms", 1_500),
    atMost("dashboard: overview of both, longest task", Math.round(overviewTask), "ms", 200),
  ];
}

function rowOf(page: Page, text: string) {
  return page.getByRole("row", { name: new RegExp(`shop/${text || "\\w"}`) }).first();
}

async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await measure());
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
}

function watchTasks(): void {
  const tasks: number[] = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: "longtask",
    buffered: true,
  });
  Object.assign(globalThis, { tasks });
}

async function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks));
}
