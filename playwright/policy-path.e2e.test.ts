import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, type Product, startProduct } from "../apps/web/bench/product.ts";
import { shop } from "../apps/web/bench/shop.ts";

/** The path of the first whole, as a person walks it: sign in, deny, see it, take it back. */
let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  product = await startProduct();
  await product.create(shop);
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

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
  await answer.getByText("Allowed").waitFor();
  await answer.getByText("database-access rule 2").waitFor();
});

test("a change made through REST shows within a second, without a reload", async () => {
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
  await card.waitFor({ timeout: 1000 });
  await product.call("DELETE", `${POLICY}/from-kubectl`);
  await card.waitFor({ state: "detached", timeout: 1000 });
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
  await page.goto(`${product.url}/policies?open=networkpolicies/shop/cart-access`);
  const panel = page.getByRole("complementary", { name: "Editor, NetworkPolicy" });
  await panel.getByLabel(/^Applies to/).fill("app ==");
  await panel.getByText(/^1 problem/).waitFor();
  await panel.getByRole("button", { name: "Review" }).click();
  expect(await panel.getByRole("button", { name: /^Apply/ }).isDisabled()).toBe(true);
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
  "/networkpolicies/shop/cart-access",
];

test.each(["light", "dark"] as const)("every page is free of accessibility faults, %s", async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  for (const path of PAGES) {
    await page.goto(`${product.url}${path}`);
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await page.locator("main:not(:has([aria-busy=true]))").waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html}`)).toEqual([]);
  }
});
