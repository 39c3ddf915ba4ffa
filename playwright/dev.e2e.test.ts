import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, type Product, startProduct } from "../apps/web/bench/product.ts";
import { shop } from "../apps/web/bench/shop.ts";

/** The dashboard of `npm run dev`: Next's own socket and its policy of content are others than in a build. */
let product: Product;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
/** Frames of Next's own sockets, by which pages reload. */
let heard = 0;

beforeAll(async () => {
  product = await startProduct({ dev: true });
  await product.create(shop);
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(120_000); // pages are compiled when they are first asked for
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("websocket", (socket) => {
    if (socket.url().includes("/_next/")) socket.on("framereceived", () => heard++);
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

test("pages of a development server react, reload by themselves and have drafts judged", async () => {
  await page.goto(`${product.url}/signin`);
  await page.getByLabel("Token").fill(product.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${product.url}/`);
  await page.goto(`${product.url}/policies?open=networkpolicies/shop/cart-access&tab=form`);
  const editor = page.getByRole("complementary", { name: "Editor, NetworkPolicy" });
  await editor.getByLabel(/^Applies to/).fill("has(app)");
  await editor.getByText("Matches 3 endpoints in 1 namespace").waitFor();
  expect([heard > 0, complaints]).toEqual([true, []]);
}, 300_000);
