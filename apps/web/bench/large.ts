/** The dashboard over data sets M and L of its budgets: from an action to what it shows, and the longest task on the way. */
import type { Figure } from "@percale/testkit";
import { atMost } from "@percale/testkit";
import type { Page } from "playwright-core";
import type { Product } from "./product.ts";
import { manyEndpoints, manyPolicies, manyPools } from "./shop.ts";

const RUNS = 5;

interface DataSet {
  readonly name: string;
  readonly nodes: number;
  readonly endpoints: number;
  readonly policies: number;
  readonly tiers: number;
  readonly pools: number;
  /** From one page to another, and the first card of a page that is loaded anew. */
  readonly pageChangeMs: number;
  readonly firstCardMs: number;
}

export const M: DataSet = {
  name: "M",
  nodes: 100,
  endpoints: 5_000,
  policies: 1_000,
  tiers: 10,
  pools: 5,
  pageChangeMs: 200,
  firstCardMs: 600,
};
export const L: DataSet = {
  name: "L",
  nodes: 1_000,
  endpoints: 50_000,
  policies: 10_000,
  tiers: 20,
  pools: 50,
  pageChangeMs: 400,
  firstCardMs: 1_500,
};

/** Of L it takes some minutes, most of them to write it. */
export function benchLarge(data: DataSet): (page: Page, product: Product) => Promise<readonly Figure[]> {
  return async (page, product) => {
    await product.create(manyPools(data.pools));
    await product.create(manyEndpoints(data));
    await product.create(manyPolicies(data.policies, data.tiers));
    await page.goto(`${product.url}/endpoints`);
    await rowOf(page, "").waitFor();
    await page.getByText(/open inwards/).waitFor({ timeout: 120_000 }); // what is counted for the first time is counted now
    await page.addInitScript(watchTasks);
    const row = (what: string, value: number, target: number): Figure =>
      atMost(`dashboard, ${data.name}: ${what}`, Math.round(value), "ms", target);
    const [rows, listTask] = await loading(page, `${product.url}/endpoints`, () => rowOf(page, "").waitFor());
    const filter = await filtering(page);
    const change = await changing(page, product);
    const [card] = await loading(page, `${product.url}/policies`, () => firstCard(page));
    const palette = await searching(page);
    const reach = await asking(page, product);
    await page.goto(`${product.url}/`);
    await page.getByText("Open to everyone").waitFor();
    await page.waitForTimeout(3_000);
    return [
      row(`endpoints (${data.endpoints}), first rows`, rows, 500),
      row("endpoints, longest task while they load", listTask, 200),
      row("endpoints, a filter to its rows", filter, 300),
      row("page change to the first card", change, data.pageChangeMs),
      row(`policies (${data.policies}), first card`, card, data.firstCardMs),
      row("palette, a key to what it finds", palette, 100),
      row("Reach, a port to its answer", reach, 100),
      row("overview, longest task", await longestTask(page), 200),
    ];
  };
}

/** A page loaded anew: until something of it is shown, and the longest task meanwhile. */
async function loading(page: Page, url: string, shown: () => Promise<void>): Promise<readonly [number, number]> {
  const ms = await median(async () => {
    await page.goto("about:blank");
    return timed(async () => {
      await page.goto(url, { waitUntil: "commit" });
      await shown();
    });
  });
  return [ms, await longestTask(page)];
}

/** On the page of endpoints. */
async function filtering(page: Page): Promise<number> {
  let typed = 10;
  return median(async () => {
    const field = page.getByLabel("Find endpoints");
    await field.fill(`service-${++typed}-`);
    return timed(async () => {
      await field.press("Enter");
      await rowOf(page, `service-${typed}-`).waitFor();
    });
  });
}

async function changing(page: Page, { url }: Product): Promise<number> {
  return median(async () => {
    await page.goto(`${url}/endpoints`);
    await rowOf(page, "").waitFor();
    await page.waitForLoadState("networkidle"); // warm: what links lead to is here
    return timed(async () => {
      await page.getByRole("link", { name: "Policies", exact: true }).click();
      await firstCard(page);
    });
  });
}

/** Names of which each finds one more endpoint. */
async function searching(page: Page): Promise<number> {
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search" });
  await field.waitFor();
  let service = 20;
  const ms = await median(async () => {
    const name = `service-${service}-${1_000 + service}`;
    service++;
    await field.fill(name.slice(0, -1));
    await page.waitForTimeout(500);
    return timed(async () => {
      await page.keyboard.type(name.slice(-1));
      await page.getByRole("option", { name: new RegExp(`shop/${name} `) }).waitFor();
    });
  });
  await page.keyboard.press("Escape");
  return ms;
}

/** Between two ports of which one is open. */
async function asking(page: Page, { url }: Product): Promise<number> {
  await page.goto(`${url}/reach?src=shop/frontend&dst=shop/cart&port=8080`);
  const answer = (word: string) => page.locator(".answer .av").getByText(word, { exact: true });
  await answer("Allowed").waitFor();
  let isOpen = true;
  return median(async () => {
    const field = page.getByLabel("Port", { exact: true });
    isOpen = !isOpen;
    await field.fill(isOpen ? "8080" : "8081");
    return timed(async () => {
      await field.press("Enter");
      await answer(isOpen ? "Allowed" : "Denied").waitFor();
    });
  });
}

function rowOf(page: Page, text: string) {
  return page.getByRole("row", { name: new RegExp(`shop/${text || "\\w"}`) }).first();
}

function firstCard(page: Page): Promise<void> {
  return page.locator("[data-card]").first().waitFor();
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
