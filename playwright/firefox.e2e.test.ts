/** The main path in Firefox, as Debian brings it: WebDriver BiDi, real clicks and keys. */
import puppeteer, { type Browser, type Locator, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Product, startProduct } from "../apps/web/bench/product.ts";
import { shop } from "../apps/web/bench/shop.ts";
import { findProgram } from "../scripts/setup/debian.mjs";

const POLICY = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/cart-access";
const executablePath = process.env["FIREFOX_PATH"] ?? findProgram("firefox-esr");
const reason = executablePath === undefined ? " (skipped: no firefox-esr: apt-get install firefox-esr)" : "";

describe.skipIf(reason !== "")(`the main path in Firefox${reason}`, () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    product = await startProduct();
    await product.create(shop);
    browser = await puppeteer.launch({ browser: "firefox", executablePath: executablePath! });
    page = await browser.newPage();
    page.setDefaultTimeout(60_000); // a loaded machine is slow, not broken
    await page.setViewport({ width: 1440, height: 900 });
    page.on("pageerror", (error) => faults.push(String(error)));
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const role = (name: string, called: string): Locator<Element> =>
    page.locator(`::-p-aria([name="${called}"][role="${name}"])`);
  const text = (words: string): Locator<Element> => page.locator(`::-p-text(${words})`);
  const path = async (wanted: string): Promise<void> => {
    await expect.poll(() => page.evaluate(() => location.pathname), { timeout: 60_000 }).toBe(wanted);
  };

  test("one signs in and finds the state of the network", async () => {
    await page.goto(`${product.url}/signin`);
    await page.locator("input").fill(product.token);
    await role("button", "Sign in").click();
    await path("/");
    await text("Last changes").wait();
    await role("button", "Connection: Live").wait();
  });

  test("a policy is edited from the board: the selector is counted, the impact shown, the change applied", async () => {
    await role("link", "Policies").click();
    await page.locator("[data-card*='cart-access']").click();
    await role("tab", "Form").click();
    await page.locator(".panel .selfield textarea").fill("app == 'cart' || app == 'database'");
    await text("Matches 2 endpoints in 1 namespace").wait();
    await role("button", "Review").click();
    await text("newly allowed").wait();
    await page.locator(".panel .pf button.pri:enabled").click();
    await text("Applied").wait();
  });

  test("Reach says that the policy lets the connection through now, and what decides", async () => {
    await page.goto(`${product.url}/reach?src=shop/frontend&dst=shop/database&proto=TCP&port=8080`);
    await page.locator(".answer.a").wait();
    await text("cart-access").wait();
  });

  test("the palette answers an address and a question, by keys", async () => {
    await openPalette();
    await page.keyboard.type("10.65.0.65");
    await page.locator(".palette ::-p-text(on node-2)").wait();
    await page.keyboard.press("Enter");
    await path("/endpoints");
    await role("heading", "shop/cart").wait();
    await openPalette();
    await page.keyboard.type("database -> cart:8080");
    await page.locator(".palette .v.d").wait();
    await page.keyboard.press("Enter");
    await path("/reach");
    await page.locator(".answer.d").wait();
  });

  test("undo by its key takes the change back", async () => {
    await page.locator("h1").click();
    await chord("z");
    await text("Reverted").wait();
    await role("link", "Policies").click();
    await page.locator("[data-card*='cart-access']").wait();
    expect(await product.call("GET", POLICY)).toMatchObject({ spec: { selector: "app == 'cart'" } });
    expect(faults).toEqual([]);
  });

  const openPalette = async (): Promise<void> => {
    await chord("k");
    await page.locator(".palette input").wait();
  };
  const chord = async (key: "k" | "z"): Promise<void> => {
    await page.keyboard.down("Control");
    await page.keyboard.press(key);
    await page.keyboard.up("Control");
  };
});
