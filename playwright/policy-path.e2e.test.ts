import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Product } from "../apps/web/bench/product.ts";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** The path of the first whole, as a person walks it: sign in, deny, see it, take it back. */
let opened: ShopPage;
let product: Product;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  opened = await openShop();
  ({ product, browser, page } = opened);
  await product.create([
    {
      apiVersion: "projectcalico.org/v3",
      kind: "GlobalNetworkSet",
      metadata: { name: "partners", labels: { role: "partner" } },
      spec: { nets: ["192.0.2.0/24", "2001:db8::/32"] },
    },
  ]);
});
afterAll(() => opened?.close());

const REACH = "/reach?src=shop/frontend&dst=shop/database&proto=TCP&port=5432";
const POLICY = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies";

test("a wrong token is refused in words, the right one leads where one wanted to go", async () => {
  await page.goto(`${product.url}/policies`);
  await page.waitForURL(/\/signin/);
  await page.getByLabel("Token").fill("not-a-token");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("not known here").waitFor();
  await page.getByLabel("Token").fill(product.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/policies$/);
  await page.getByRole("link", { name: /database-access/ }).waitFor();
  await page.getByRole("button", { name: "Connection: Live" }).waitFor();
  expect(await page.evaluate(() => document.cookie)).not.toContain("session");
});

test("an endpoint's panel shows what the engine says is in force, in the order in which a packet meets it", async () => {
  await page.goto(`${product.url}/endpoints`);
  await page.getByText("shop/database").first().click();
  const panel = page.getByRole("complementary", { name: "Endpoint" });
  await panel.getByText("End of tier default").first().waitFor();
  const names = await panel.locator(".eff-policy a").allInnerTexts();
  expect(names.map((text) => text.split(/\s/)[0])).toEqual(["security.pass-the-rest", "shop/database-access"]);
});

test("frontend → database is denied on the board: trace, draft, difference with impact, apply", async () => {
  await page.goto(`${product.url}/policies?src=shop/frontend&dst=shop/database&proto=TCP&port=5432`);
  await page.getByText("Allowed", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Deny this…" }).click();
  const panel = page.getByRole("complementary", { name: "Editor, NetworkPolicy" });
  await panel.getByText("0 problems").waitFor();
  await panel.getByRole("button", { name: "Review" }).click();
  await panel.getByText("newly denied").first().waitFor();
  await panel.getByText("Deny", { exact: false }).first().waitFor();
  await panel.getByRole("button", { name: /^Create/ }).click();
  await page.getByRole("status").getByText("deny-frontend-to-database").waitFor();
  await page.getByText("Denied at the destination").waitFor();
  expect(await product.call("GET", `${POLICY}/deny-frontend-to-database`)).toMatchObject({ spec: { tier: "default" } });
});

test("Reach says which rule decides, and undo brings the connection back", async () => {
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Allowed", { exact: true }).waitFor();
  await page.goto(`${product.url}${REACH}`);
  const answer = page.getByRole("region", { name: "Answer" });
  await answer.getByText("Allowed").first().waitFor();
  await answer.getByText("database-access rule 2").waitFor();
});

test("a change made through REST shows without a reload", async () => {
  await page.goto(`${product.url}/policies`);
  await page.getByRole("link", { name: /database-access/ }).waitFor();
  await page.getByRole("button", { name: "Connection: Live" }).waitFor();
  const body = {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "from-kubectl", namespace: "shop" },
    spec: { order: 10, selector: "app == 'cart'", types: ["Ingress"] },
  };
  await product.call("POST", POLICY, body);
  const card = page.getByRole("link", { name: /from-kubectl/ });
  await card.waitFor();
  await product.call("DELETE", `${POLICY}/from-kubectl`);
  await card.waitFor({ state: "detached" });
});

test("a card moves with Alt and arrows as a draft that is applied whole", async () => {
  await page.goto(`${product.url}/policies`);
  await page.getByRole("link", { name: /database-access/ }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  const bar = page.getByRole("region", { name: "Order draft" });
  await bar.getByRole("button", { name: "Apply order" }).click();
  await page.getByRole("status").getByText("Reordered").waitFor();
  const cards = page.getByRole("region", { name: "Tier default" }).getByRole("link");
  expect(await cards.first().textContent()).toContain("database-access");
});

test("a broken selector is told at its field and cannot be applied", async () => {
  await page.goto(`${product.url}/policies?open=networkpolicies/shop/cart-access&tab=form`);
  const panel = page.getByRole("complementary", { name: "Editor, NetworkPolicy" });
  await panel.getByLabel(/^Applies to/).fill("app ==");
  await panel.getByText(/^1 problem/).waitFor();
  await panel.getByRole("button", { name: "Review" }).click();
  expect(await panel.getByRole("button", { name: /^Apply/ }).isDisabled()).toBe(true);
});

test("the palette answers a question in its row", async () => {
  await page.goto(`${product.url}/endpoints`);
  await page.getByRole("table", { name: "Endpoints" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search" }).waitFor();
  await page.keyboard.type("frontend -> database:5432");
  await page.getByRole("option", { name: /shop\/frontend → shop\/database.*Allowed/ }).click();
  await page.waitForURL(/\/reach\?src=shop\/frontend&dst=shop\/database/);
  await page.getByRole("region", { name: "Answer" }).getByText("Allowed").first().waitFor();
});

test("a link with a key that this version does not know says so", async () => {
  await page.goto(`${product.url}/reach?from=shop/frontend`);
  await page.getByText("a filter this version does not know: from").waitFor();
});

test("a viewer sees everything and is told why nothing can be written", async () => {
  const made = await product.call("POST", "/trpc/access.createToken", { subject: "vera", groups: ["percale:viewers"] });
  const { token } = (made as { result: { data: { token: string } } }).result.data;
  const viewer = await (await browser.newContext()).newPage();
  await viewer.goto(`${product.url}/signin?next=/policies`);
  await viewer.getByLabel("Token").fill(token);
  await viewer.getByRole("button", { name: "Sign in" }).click();
  await viewer.getByRole("link", { name: /database-access/ }).waitFor();
  await viewer.getByText("Read-only").waitFor();
  const button = viewer.getByRole("button", { name: "New policy", exact: true });
  expect(await button.isDisabled()).toBe(true);
  expect(await button.getAttribute("title")).toContain("percale:editors");
  await viewer.goto(`${product.url}/access`);
  await viewer.getByText("You may not see tokens").waitFor();
  await viewer.context().close();
});

test("an API that stops answering is told, with the time of the data, and comes back without a reload", async () => {
  await page.goto(`${product.url}/policies`);
  await page.getByRole("button", { name: "Connection: Live" }).waitFor();
  product.pauseApi(true);
  try {
    await page.getByText(/^The server has not answered since \d/).waitFor();
    await page.getByRole("button", { name: /^Connection: (Server silent|Reconnecting|Offline)/ }).waitFor();
    await page.getByRole("link", { name: /database-access/ }).waitFor();
  } finally {
    product.pauseApi(false);
  }
  await page.getByRole("button", { name: "Connection: Live" }).waitFor({ timeout: 60_000 });
  await page.getByText(/^The server has not answered since \d/).waitFor({ state: "detached" });
});

const PAGES = [
  "/",
  "/policies",
  "/policies?view=list",
  "/policies?open=networkpolicies/shop/cart-access",
  REACH,
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
  "/globalnetworksets/partners",
  "/profiles",
  "/new/networkpolicies",
  "/networkpolicies/shop/cart-access",
  "/networkpolicies/shop/cart-access?tab=form",
  "/pasted",
];

/** Rules whose answer is another one where colours are others. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

// One page each: on a busy machine a page may take its time, not all of them together.
test.each(PAGES)("%s is free of accessibility faults, in both themes", async (path) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(`${product.url}${path}`);
  await page.locator("main:not(:has([aria-busy=true]))").waitFor();
  const light = await new AxeBuilder({ page }).analyze();
  await page.emulateMedia({ colorScheme: "dark" }); // nothing but colours changes with it
  const dark = await new AxeBuilder({ page }).withRules(OF_COLOURS).analyze();
  const faults = [light, dark].map(({ violations }) => violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`));
  expect(faults).toEqual([[], []]);
});
