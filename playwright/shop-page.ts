import type { Browser, Page } from "playwright-core";
import { launchBrowser, type Product, startProduct } from "../apps/web/bench/product.ts";
import { shop } from "../apps/web/bench/shop.ts";

/** The whole product with the shop in it, and a tab of a browser that nobody has signed in with yet. */
export interface ShopPage {
  readonly product: Product;
  readonly browser: Browser;
  readonly page: Page;
  readonly signIn: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The caller closes it. */
export async function openShop(): Promise<ShopPage> {
  const product = await startProduct();
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await product.stop();
  };
  try {
    await product.create(shop);
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000); // a loaded machine is slow, not broken
    return { product, browser, page, signIn: () => signIn(page, product), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function signIn(page: Page, { url, token }: Product): Promise<void> {
  await page.goto(`${url}/signin`);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/`);
}
