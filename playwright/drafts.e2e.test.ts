import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Product } from "../apps/web/bench/product.ts";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** The server judges drafts and counts what is stored, and both follow what changes. */
let opened: ShopPage;
let product: Product;
let page: Page;
const refused: string[] = [];

beforeAll(async () => {
  opened = await openShop();
  ({ product, page } = opened);
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  await opened.signIn();
});
afterAll(() => opened?.close());

const EDITOR = "/policies?open=networkpolicies/shop/cart-access&tab=form";
const ENDPOINTS = "/apis/projectcalico.org/v3/namespaces/shop/workloadendpoints";
const editor = (): Locator => page.getByRole("complementary", { name: "Editor, NetworkPolicy" });
const appliesTo = (): Locator => editor().getByLabel(/^Applies to/);
const anotherCart = {
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: "node--1-k8s-cart--2-eth0", namespace: "shop", labels: { app: "cart" } },
  spec: {
    orchestrator: "k8s",
    node: "node-1",
    pod: "cart-2",
    containerID: "cart1",
    endpoint: "eth0",
    ipNetworks: ["10.65.0.66/32"],
    interfaceName: "calicart2",
    profiles: ["kns.shop"],
  },
};

test("a selector is judged as it is typed", async () => {
  await page.goto(`${product.url}${EDITOR}`);
  await appliesTo().fill("has(app)");
  await editor().getByText("Matches 3 endpoints in 1 namespace").waitFor();
  await appliesTo().fill("app ==");
  await editor().getByText("string in quotes expected").first().waitFor();
  expect(refused).toEqual([]);
});

test("what is typed fast ends with the answer to its end", async () => {
  await appliesTo().fill("");
  await appliesTo().focus();
  await page.keyboard.type("app == 'cart' || app == 'database'", { delay: 0 });
  await editor()
    .getByText(/Matches 2 endpoints in 1 namespace: ?shop\/cart, shop\/database/)
    .waitFor();
  await appliesTo().fill("app == 'cart'");
  await editor()
    .getByText(/Matches 1 endpoint in 1 namespace: ?shop\/cart/)
    .waitFor();
});

test("the count of a draft and those of what is stored follow an endpoint that comes and goes", async () => {
  await product.call("POST", ENDPOINTS, anotherCart);
  await editor().getByText("Matches 2 endpoints in 1 namespace").waitFor();
  const card = page.getByRole("link", { name: /cart-access/ });
  await card.getByText("2 endpoints").waitFor();
  await product.call("DELETE", `${ENDPOINTS}/node--1-k8s-cart--2-eth0`);
  await editor().getByText("Matches 1 endpoint in 1 namespace").waitFor();
  await card.getByText("1 endpoint", { exact: true }).waitFor();
});

test("a policy that comes and goes changes what is said to protect an endpoint", async () => {
  await page.goto(`${product.url}/endpoints`);
  const row = page.getByRole("row", { name: /shop\/frontend/ });
  await row.getByText("1", { exact: true }).waitFor();
  const policies = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies";
  await product.call("POST", policies, {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "for-frontend", namespace: "shop" },
    spec: { selector: "app == 'frontend'", types: ["Ingress"] },
  });
  await row.getByText("2", { exact: true }).waitFor();
  await product.call("DELETE", `${policies}/for-frontend`);
  await row.getByText("1", { exact: true }).waitFor();
});

test("where nobody judges a draft the page counts nothing and says why, and goes on once somebody does", async () => {
  const asked = /selectors\.test/;
  await page.context().route(asked, (route) => route.abort());
  await page.goto(`${product.url}${EDITOR}`);
  await editor()
    .getByText(/Nobody can say what it selects. The server does not answer/)
    .first()
    .waitFor();
  expect(
    await editor()
      .getByText(/Matches \d/)
      .count(),
  ).toBe(0);
  await page.context().unroute(asked);
  await appliesTo().fill("app == 'database'");
  await editor().getByText("Matches 1 endpoint in 1 namespace").waitFor();
  expect(
    await editor()
      .getByText(/Nobody can say/)
      .count(),
  ).toBe(0);
});

test("what was typed comes back after a reload, and after a session that ended in between", async () => {
  await page.goto(`${product.url}${EDITOR}`);
  await appliesTo().fill("app == 'typed'");
  await page.reload();
  await editor().getByText("What you had typed before this page was left is back.").waitFor();
  expect(await appliesTo().inputValue()).toBe("app == 'typed'");
  await page.context().clearCookies();
  await appliesTo().fill("app == 'typed-on'");
  await page.waitForURL(/\/signin/);
  await page.getByLabel("Token").fill(product.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${product.url}${EDITOR}`);
  await editor().getByText("What you had typed before this page was left is back.").waitFor();
  expect(await appliesTo().inputValue()).toBe("app == 'typed-on'");
});
