import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { launchBrowser, type Product, startProduct } from "../apps/web/bench/product.ts";
import { shop } from "../apps/web/bench/shop.ts";

/** A question that the server does not answer leaves no blank, no zero and no endless skeleton: the page says what is missing and why. */
let product: Product;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  product = await startProduct();
  await product.create(shop);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(30_000); // a loaded machine is slow, not broken
  await page.goto(`${product.url}/signin`);
  await page.getByLabel("Token").fill(product.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${product.url}/`);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});
beforeEach(() => page.unrouteAll());

const REASON = "the thread that answers questions died";
const REQUEST = "4e0f5f2a-1111-4222-8333-944445555666";
const JSON_TYPE = { contentType: "application/json" };

/** The server refuses these questions. */
async function refuse(procedure: string): Promise<void> {
  await page.route(new RegExp(`/trpc/${procedure}([?]|$)`), (route) => {
    const status = { reason: "InternalError", message: REASON, details: { requestId: REQUEST } };
    const data = { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, path: procedure, status };
    const error = { error: { message: REASON, code: -32_603, data } };
    return route.fulfill({ status: 500, ...JSON_TYPE, body: JSON.stringify(error) });
  });
}

const notice = (): Locator => page.locator(".notices").getByRole("status");
const rowOf = (name: string): Locator => page.getByRole("row", { name: new RegExp(`shop/${name}`) });

test("counts that nobody tells are unknown, with the reason above and a way on", async () => {
  await refuse("policy.coverage");
  await page.goto(`${product.url}/endpoints`);
  await notice().getByText("Which policies are in force where could not be loaded:").waitFor();
  await notice().getByText(REASON).waitFor();
  await notice().getByRole("button", { name: REQUEST }).waitFor();
  const unknown = rowOf("frontend").getByText("unknown"); // how many, and how far it is closed either way
  await expect.poll(() => unknown.count(), { timeout: 30_000 }).toBe(3);
  await page.goto(`${product.url}/policies`);
  await page
    .getByRole("link", { name: /cart-access/ })
    .getByText("unknown")
    .waitFor();
  expect(await page.getByText("Matches nothing").count()).toBe(0);
  await page.unrouteAll();
  await notice().getByRole("button", { name: "Try again" }).click();
  await page
    .getByRole("link", { name: /cart-access/ })
    .getByText("1 endpoint")
    .waitFor();
  expect(await notice().count()).toBe(0);
});

test("counts that are older than the page say so, and stay", async () => {
  await page.goto(`${product.url}/endpoints`);
  await rowOf("frontend").getByText("1", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Connection: Live" }).waitFor(); // it hears of what comes
  await refuse("policy.coverage");
  const policies = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies";
  await product.call("POST", policies, {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name: "for-frontend", namespace: "shop" },
    spec: { selector: "app == 'frontend'", types: ["Ingress"] },
  });
  await notice().getByText("Which policies are in force where could not be brought up to date:").waitFor();
  expect(await rowOf("frontend").getByText("1", { exact: true }).count()).toBe(1);
  await page.unrouteAll();
  await notice().getByRole("button", { name: "Try again" }).click();
  await rowOf("frontend").getByText("2", { exact: true }).waitFor();
  await product.call("DELETE", `${policies}/for-frontend`);
});

test("a draft that cannot be begun says so in its place, and nowhere else", async () => {
  await refuse("policy.effective");
  await page.goto(`${product.url}/new/networkpolicies?verdict=Allow&src=shop/frontend&dst=shop/cart&port=8080`);
  const alert = page.getByRole("alert").filter({ hasText: REASON });
  await alert.getByText("What the draft starts from could not be loaded").waitFor();
  expect(await notice().count()).toBe(0);
  await page.unrouteAll();
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("tab", { name: "YAML" }).waitFor();
});

test("a draft that is none is no failure of the page", async () => {
  await page.goto(`${product.url}/policies?open=networkpolicies/shop/cart-access&tab=form`);
  await page.getByLabel(/^Applies to/).waitFor();
  const seen = page.evaluate(noticesOfFrames, "1 problem");
  const refused = page.waitForResponse((answer) => answer.url().includes("policy.impact") && answer.status() === 422);
  await page.getByLabel(/^Applies to/).fill("app ==");
  await refused;
  await page.getByText("1 problem").waitFor();
  expect(await seen).toEqual([]); // not even for a moment
});

/** Runs in the page: what its notices said in any frame until a second after it shows these words. */
async function noticesOfFrames(words: string): Promise<readonly string[]> {
  const said = new Set<string>();
  let untilMs = Infinity;
  while (performance.now() < untilMs) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    for (const { textContent } of document.querySelectorAll(".notices [role=status]")) said.add(textContent ?? "");
    if (untilMs === Infinity && document.body.textContent.includes(words)) untilMs = performance.now() + 1000;
  }
  return [...said];
}

test("an endpoint of which nobody tells what is in force has no empty list of policies", async () => {
  await refuse("policy.effective");
  await page.goto(`${product.url}/endpoints?open=workloadendpoints/shop/node--1-k8s-frontend-eth0`);
  const panel = page.getByRole("complementary", { name: "Endpoint" });
  await panel.getByText("Effective policy could not be loaded").waitFor();
  expect(await panel.getByText("Then profiles").count()).toBe(0);
  expect(await notice().count()).toBe(0);
});

test("the overview counts nothing that it was not told", async () => {
  await refuse("policy.protection");
  await page.goto(`${product.url}/`);
  await notice()
    .getByText(/could not be loaded/)
    .waitFor();
  expect(await notice().getByRole("button", { name: "Try again" }).count()).toBe(1); // one reason, said once
  const stat = (title: string): Locator => page.getByRole("link", { name: title }).locator(".sv");
  for (const title of ["Endpoints", "Open to everyone"])
    expect([title, await stat(title).first().textContent()]).toEqual([title, "–"]);
  await stat("Nodes programmed").filter({ hasText: "0" }).waitFor();
});
