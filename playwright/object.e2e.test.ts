import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** What may be done with an object wherever it is shown. */
let shop: ShopPage;

beforeAll(async () => {
  shop = await openShop();
  await shop.page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: shop.product.url });
  await shop.signIn();
});
afterAll(() => shop?.close());

const POLICY = "/networkpolicies/shop/cart-access";

test("its menu copies it as a command that writes it, and deletes last", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}${POLICY}`);
  await page.getByRole("button", { name: "More", exact: true }).click();
  const items = page.locator(".obj-menu").locator("a, button");
  expect(await items.allInnerTexts()).toEqual([
    "Clone network policy",
    "History",
    "Copy link",
    "YAML",
    "kubectl apply",
    "percale apply",
    "curl",
    "Export",
    "Delete network policy",
  ]);
  await items.getByText("kubectl apply").click();
  await page.getByRole("status").getByText("The kubectl apply command is on the clipboard").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^kubectl apply -f - <<'EOF'\napiVersion: projectcalico.org\/v3\nkind: NetworkPolicy\n/);
});

test("a clone begins as the object does, without its name", async () => {
  const { page } = shop;
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("link", { name: "Clone network policy" }).click();
  await page.waitForURL(/\/new\/networkpolicies\?from=/);
  await page.getByText("A name is still missing").waitFor();
  await page.getByLabel(/^Name(?!space)/).fill("cart-access-2");
  await page.getByText("0 problems").waitFor();
  expect(await page.getByLabel(/^Applies to/).inputValue()).toBe("app == 'cart'");
});

test("its history stands in the panel, and one goes back to the form", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/policies?open=networkpolicies/shop/cart-access&tab=history`);
  const panel = page.getByRole("complementary");
  await panel.getByText("created it").waitFor();
  await panel.getByRole("button", { name: "Back to the form" }).click();
  await panel.getByLabel(/^Applies to/).waitFor();
});
