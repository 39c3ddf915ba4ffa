/** Search and commands, by keys alone: what is typed must arrive, whatever had the focus. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openShop, type ShopPage } from "./shop-page.ts";

let shop: ShopPage;
let page: Page;

beforeAll(async () => {
  shop = await openShop();
  page = shop.page;
  await shop.signIn();
});
afterAll(() => shop.close());

const option = (name: RegExp) => page.getByRole("option", { name });
const field = () => page.getByRole("combobox", { name: "Search" });

beforeEach(async () => {
  await page.goto(`${shop.product.url}/endpoints`);
  await page.getByRole("row", { name: /frontend/ }).waitFor();
});

async function openByKey(): Promise<void> {
  await page.keyboard.press("Control+k");
  await field().waitFor();
}

test("it takes what is typed as soon as it is shown, opened by a key or by a click", async () => {
  await openByKey();
  await page.keyboard.type("shop/cart");
  expect(await field().inputValue()).toBe("shop/cart");
  await page.keyboard.press("Escape");
  await field().waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Search/ }).click();
  await field().waitFor();
  await page.keyboard.type("node-2");
  await option(/^node-2 node/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/nodes\/node-2$/);
});

test("Enter chooses for the whole of what was typed, however fast it came", async () => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  for (const node of ["node-2", "node-3"]) {
    await openByKey();
    await page.keyboard.type(node);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/nodes/${node}`);
  }
  await devtools.detach();
});

test("closed, it gives the focus back to where it was", async () => {
  await page.getByRole("button", { name: /^Search/ }).focus();
  await openByKey();
  await page.keyboard.press("Escape");
  await field().waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "")).toMatch(/^Search/);
});

test("it stays where it is while what it finds shrinks and grows", async () => {
  await openByKey();
  const place = async (): Promise<number | undefined> => (await field().boundingBox())?.y;
  const before = await place();
  await page.keyboard.type("no such thing");
  await page.getByText("Nothing is called that").waitFor();
  expect(await place()).toBe(before);
});

test("an address leads to its owner, a free one to its pool", async () => {
  await openByKey();
  await page.keyboard.type("10.65.0.65");
  await option(/shop\/cart on node-2 Open endpoint/).waitFor();
  for (const _ of "65") await page.keyboard.press("Backspace");
  await page.keyboard.type("99");
  await option(/Free in pool pool in no block yet/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ippools\?focus=pool/);
});

test("an AS number leads to who speaks for it, an action and a port to rules", async () => {
  await openByKey();
  await page.keyboard.type("64512");
  await option(/This cluster’s nodes/).waitFor();
  await field().press("ControlOrMeta+a");
  await page.keyboard.type("allow 5432 shop");
  await option(/shop\/database-access ingress rule 1: Allow TCP/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/open=networkpolicies\/shop\/database-access/);
});

test("the last change is undone by name", async () => {
  const tier = { apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name: "passing" }, spec: { order: 7 } };
  await shop.product.create([tier]);
  await page.reload();
  await page.getByRole("row", { name: /frontend/ }).waitFor();
  await openByKey();
  await page.keyboard.type("undo");
  await option(/Undo my last change created passing/).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Reverted passing").waitFor();
});
