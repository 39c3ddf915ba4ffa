import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { block, startAgents } from "./lived-in.ts";
import { openShop, type ShopPage } from "./shop-page.ts";

/** The network's own pages: sessions and why one is down, whose an address is, what is in a set and who selects it. */
let shop: ShopPage;
let page: Page;

const partners = {
  apiVersion: "projectcalico.org/v3",
  kind: "GlobalNetworkSet",
  metadata: { name: "partners", labels: { app: "frontend" } },
  spec: { nets: ["192.0.2.0/24"] },
};

beforeAll(async () => {
  shop = await openShop();
  ({ page } = shop);
  const { product } = shop;
  await product.create([block, partners]);
  startAgents(product);
  await shop.signIn();
});
afterAll(() => shop?.close());

const go = (path: string) => page.goto(shop.product.url + path);

test("one number of sessions is said everywhere, and the session that is not established says why at both ends", async () => {
  await go("/bgp");
  await page.getByText("2 of 3 sessions are established.").waitFor();
  await page.getByText("1 one-sided.").waitFor();
  await page.getByRole("button", { name: "node-1 ↔ node-2" }).click();
  const panel = page.getByRole("complementary", { name: "Session" });
  await panel.getByText("node-1 expects AS 64999 of node-2, which has AS 64512.").waitFor();
  await panel.getByRole("region", { name: "node-1" }).getByText("Idle", { exact: true }).waitFor();
  await panel.getByRole("region", { name: "node-2" }).getByText("Established", { exact: true }).waitFor();
  expect(await panel.getByText("1970").count()).toBe(0);
  await go("/bgp?open=session/node-1~node-9~mesh4");
  await page.getByRole("complementary", { name: "No such session" }).waitFor();
  await go("/");
  await page.getByRole("link", { name: /Sessions established.*2.*3/s }).waitFor();
  await go("/nodes/node-2?tab=sessions");
  await page.getByRole("tab", { name: "Sessions 2" }).waitFor();
  await page.getByRole("row", { name: /node-1 ↔ node-2.*One-sided/ }).waitFor();
});

test("an address typed among the pools says whose it is, and a free one where it would come from", async () => {
  await go("/ippools");
  await page.getByRole("searchbox", { name: "Find an address or a pool" }).click();
  await page.keyboard.type("10.65.0.1");
  const found = page.getByRole("status").filter({ hasText: "10.65.0.1" });
  await found.getByRole("link", { name: "shop/frontend" }).waitFor();
  await page.keyboard.type("1");
  await page.getByText("Free in block 10.65.0.0/26 of node-1").waitFor();
  await page.getByRole("button", { name: "Open block 10.65.0.0/26" }).click();
  await page.getByRole("button", { name: "10.65.0.11 free", pressed: true }).waitFor();
});

test("a set says which rule selects it, and a pasted list is a difference before it is written", async () => {
  await go("/networksets?open=globalnetworksets/partners");
  const panel = page.getByRole("complementary", { name: "partners" });
  await panel.getByRole("region", { name: "Used by" }).getByText("no rule").waitFor();
  await panel.getByRole("textbox", { name: "Paste addresses or CIDRs" }).click();
  await page.keyboard.insertText("# from netops\n10.65.0.0/16, 192.0.2.7\n198.51.100.300");
  await panel.getByText("octet 4 must be 0 to 255, got 300").waitFor();
  await panel.getByText("line 2: 192.0.2.7 in 192.0.2.0/24").waitFor();
  await panel.getByRole("button", { name: "Review 1 net" }).click();
  await page.getByRole("button", { name: /^Apply/ }).click();
  await page.getByRole("row", { name: /partners.*holds pool pool.*2/ }).waitFor();
});

test("a pasted list begins a set of its own, as a draft", async () => {
  await go("/globalnetworksets");
  const list = page.getByRole("region", { name: "New set from a list" });
  await list.getByRole("textbox", { name: "Paste addresses or CIDRs" }).click();
  await page.keyboard.insertText("203.0.113.0/24\n203.0.113.9");
  await list.getByText("line 2: 203.0.113.9 in 203.0.113.0/24").waitFor();
  await list.getByRole("button", { name: "Review 1 net" }).click();
  const draft = page.getByRole("complementary", { name: "Editor, GlobalNetworkSet" });
  await draft.getByLabel(/^Name(?!space)/).fill("from-a-list");
  await draft.getByRole("button", { name: "Review" }).click();
  await draft.getByRole("button", { name: /^Create/ }).click();
  await page.getByRole("row", { name: /from-a-list/ }).waitFor();
});

test("profiles say for how many endpoints they have the last word", async () => {
  await go("/profiles");
  await page.getByText("Profiles have the last word on 1 of 3 endpoints inwards, and on 3 outwards.").waitFor();
  await page.getByRole("button", { name: "kns.shop" }).click();
  const panel = page.getByRole("complementary", { name: "kns.shop" });
  await panel.getByText("Has the last word on 1 of 3 endpoints inwards, and on 3 outwards.").waitFor();
  await panel.getByRole("region", { name: "Endpoints" }).getByRole("link", { name: "shop/cart" }).waitFor();
});
