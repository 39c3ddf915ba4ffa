import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manyPolicies } from "../apps/web/bench/shop.ts";
import { openShop, type ShopPage } from "./shop-page.ts";

/** What is typed into fields that the URL keeps stays as it was typed, however slow the page is. */
let opened: ShopPage | undefined;
let product: ShopPage["product"];
let page: Page;

beforeAll(async () => {
  opened = await openShop();
  await opened.product.create(manyPolicies(300));
  ({ page, product } = opened);
  await opened.signIn();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
});
afterAll(() => opened?.close());

const filter = (): Locator => page.getByRole("searchbox");
const port = (): Locator => page.getByLabel("Port");
const search = (): URLSearchParams => new URL(page.url()).searchParams;

test.each([
  { path: "/policies", field: filter, text: "service-00042-x17", key: "q" },
  { path: "/policies?view=list", field: filter, text: "service-00042-x17", key: "q" },
  { path: "/endpoints", field: filter, text: "frontend-10.65.0.1", key: "q" },
  { path: "/nodes", field: filter, text: "node-1-of-three", key: "q" },
  { path: "/networkpolicies", field: filter, text: "service-00042-x17", key: "q" },
  { path: "/reach?src=shop/frontend&dst=shop/cart", field: port, text: "54321", key: "port" },
  { path: "/policies?src=shop/frontend&dst=shop/cart", field: port, text: "54321", key: "port" },
])("no letter is lost that is typed fast on $path", async ({ path, field, text, key }) => {
  await page.goto(`${product.url}${path}`);
  await field().focus();
  await page.keyboard.type(text, { delay: 15 });
  await expect.poll(() => search().get(key), { timeout: 30_000 }).toBe(text);
  expect(await field().inputValue()).toBe(text);
  for (const [name, value] of new URLSearchParams(path.split("?")[1])) expect(search().get(name)).toBe(value);
});

test("Back and Escape change the field too, and Enter tells at once", async () => {
  await page.goto(`${product.url}/endpoints?q=cart`);
  expect(await filter().inputValue()).toBe("cart");
  await filter().focus();
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: /shop\/frontend/ }).waitFor();
  expect([await filter().inputValue(), search().get("q")]).toEqual(["", null]);
  await page.keyboard.type("database");
  await page.keyboard.press("Enter");
  await expect.poll(() => search().get("q"), { timeout: 30_000 }).toBe("database");
  await page.evaluate(() => globalThis.history.pushState(null, "", "?q=front"));
  await expect.poll(() => filter().inputValue(), { timeout: 30_000 }).toBe("front");
  await page.goBack();
  await expect.poll(() => filter().inputValue(), { timeout: 30_000 }).toBe("database");
});
