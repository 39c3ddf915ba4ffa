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

const ENDPOINTS = "/apis/projectcalico.org/v3/namespaces/shop/workloadendpoints";
const late = {
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: "node--1-k8s-late-eth0", namespace: "shop" },
  spec: {
    orchestrator: "k8s",
    node: "node-1",
    pod: "late",
    containerID: "late1",
    endpoint: "eth0",
    ipNetworks: ["10.65.0.67/32"],
    interfaceName: "calilate",
    profiles: ["kns.shop"],
  },
};
const CART_ACCESS = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/cart-access";

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

test("a text in a rule is found with the field that it stands in", async () => {
  await openByKey();
  await page.keyboard.type("app == 'frontend'");
  await option(/shop\/cart-access spec\.ingress\[0\]\.source\.selector: app == 'frontend' Open/).waitFor();
});

const set = `apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata:
  name: pasted
spec:
  nets:
  - 203.0.113.0/24
`;

async function paste(text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: shop.product.url });
  await openByKey();
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await page.keyboard.press("ControlOrMeta+v");
}

test("pasted YAML opens as a draft of all its objects, and is written whole", async () => {
  const stored = (await shop.product.call("GET", CART_ACCESS)) as { readonly metadata: object; readonly spec: object };
  const { name, namespace } = stored.metadata as { readonly name: string; readonly namespace: string };
  const changed = { ...stored, metadata: { name, namespace }, spec: { ...stored.spec, order: 501 } };
  await paste(`${set}---\n${JSON.stringify(changed, undefined, 2)}\n`);
  expect(await field().inputValue()).toMatch(/^pasted, \d+ lines$/);
  await page.getByText("shop/cart-access network policy, exists").waitFor();
  await page.getByText("pasted global network set, new").waitFor();
  await option(/Open 2 objects as a draft/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/pasted$/);
  await page.getByText("1 new, 1 change of an object.").waitFor();
  await page.getByRole("region", { name: "shop/cart-access" }).getByText("500 → 501").waitFor();
  expect(await page.getByText(/could not be loaded/).count()).toBe(0); // that nothing has the name is an answer
  await page.getByRole("button", { name: "Apply 2 objects" }).click();
  await page.getByRole("status").getByText("Applied pasted and 1 more").waitFor();
  expect(await shop.product.call("GET", CART_ACCESS)).toMatchObject({ spec: { order: 501 } });
});

test("one new object that is pasted opens in the editor", async () => {
  await paste(set.replace("name: pasted", "name: another"));
  await option(/Open 1 object as a draft/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/new\/globalnetworksets\?from=pasted$/);
  await page.getByText("0 problems").waitFor();
  expect(await page.getByLabel(/^Name(?!space)/).inputValue()).toBe("another");
});

test("a second paste takes the place of the first, and what others wrote meanwhile is seen before it is written", async () => {
  const two = (first: string) =>
    `${set.replace("name: pasted", `name: ${first}`)}---\nkind: Tier\napiVersion: projectcalico.org/v3\nmetadata:\n  name: security\nspec:\n  order: 333\n`;
  await paste(two("first"));
  await option(/Open 2 objects as a draft/).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "first" }).waitFor();
  await paste(two("second"));
  await option(/Open 2 objects as a draft/).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "second" }).waitFor();
  expect(await page.getByRole("region", { name: "first" }).count()).toBe(0);
  await page.getByRole("region", { name: "security" }).getByText("100 → 333").waitFor();
  await page.getByText("0 problems").waitFor();
  const path = "/apis/projectcalico.org/v3/tiers/security";
  const tier = (await shop.product.call("GET", path)) as { readonly spec: object };
  await shop.product.call("PUT", path, { ...tier, spec: { ...tier.spec, order: 200 } });
  await page.getByRole("button", { name: "Apply 2 objects" }).click();
  await page.getByText("Somebody else wrote one of these objects first.").waitFor();
  await page.getByRole("region", { name: "security" }).getByText("200 → 333").waitFor();
  await page.getByText("0 problems").waitFor();
  await page.getByRole("button", { name: "Apply 2 objects" }).click();
  await page.getByRole("status").getByText("Applied second and 1 more").waitFor();
});

test("what is wrong with a paste is told with its line, and whoever types on searches anew", async () => {
  await paste(`${set}---\nkind: Deployment\nmetadata:\n  name: web\n`);
  await page.getByText("1 document cannot be read, so nothing is opened.").waitFor();
  await page.getByText("line 9: kind: there is no Deployment").waitFor();
  await page.keyboard.type("node-2");
  expect(await field().inputValue()).toBe("node-2");
  await option(/^node-2 node/).waitFor();
});

test("paused by name, the page stays as it is and says so; by its key it goes on and catches up", async () => {
  await openByKey();
  await page.keyboard.type("pause");
  await option(/Pause live updates/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/live=0/);
  await page.getByText(/^Paused at \d/).waitFor();
  await page.getByRole("button", { name: "Connection: Paused" }).waitFor();
  await shop.product.create([late]);
  expect(await shop.product.call("GET", `${ENDPOINTS}/${late.metadata.name}`)).toMatchObject({ spec: late.spec });
  const row = page.getByRole("row", { name: /shop\/late/ });
  expect(await row.count()).toBe(0);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("p");
  await row.waitFor();
  await page.getByRole("button", { name: "Connection: Live" }).waitFor();
  expect(page.url()).not.toContain("live=");
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
