import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** Who may do what, and the keys to it. */
let shop: ShopPage;

beforeAll(async () => {
  shop = await openShop();
  await shop.signIn();
});
afterAll(() => shop?.close());

test("a token is made with a group that exists and an end, and is revoked once that was asked for twice", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/access`);
  const form = page.getByRole("region", { name: "New token" });
  await form.getByLabel(/^Subject/).fill("ci");
  await form.getByText("A token in no group may do nothing.").waitFor();
  expect(await form.getByRole("button", { name: "Create token" }).isDisabled()).toBe(true);
  await form.getByRole("checkbox", { name: /^Viewer/ }).check();
  await form.getByRole("button", { name: "Create token" }).click();
  await form.getByText("Copy it now").waitFor();
  const row = page.getByRole("row", { name: /^ci token/ });
  await row.getByText("percale:viewers").waitFor();
  await row.getByText(/^in [67] d$/).waitFor();
  await row.getByRole("button", { name: "Revoke" }).click();
  await row.getByRole("button", { name: "Keep" }).waitFor();
  await row.getByRole("button", { name: "Revoke token" }).click();
  await row.getByText("revoked").waitFor();
});

test("who wrote something is told with what they wrote last, and leads there", async () => {
  const { page } = shop;
  const row = page.getByRole("region", { name: "Who changed what" }).getByRole("row", { name: /^admin you/ });
  expect(await row.innerText()).toMatch(/^admin\s+you\s+1\s+changed node-1 and \d+ more/);
  expect(await row.getByRole("link", { name: "admin" }).getAttribute("href")).toBe("/activity?author=admin");
});

test("the session that one looks from is marked, and not offered to be revoked", async () => {
  const row = shop.page.getByRole("row", { name: /this browser/ });
  await row.getByText("sign out to end it").waitFor();
  expect(await row.getByRole("button").count()).toBe(0);
});

test("whether somebody may do something is answered with what decides, and bindings lead to their roles", async () => {
  const { page } = shop;
  const form = page.getByRole("region", { name: "Can somebody do something" });
  const ask = async (groups: string, verb: string): Promise<string> => {
    await form.getByLabel("User").fill("ada");
    await form.getByLabel("Groups").fill(groups);
    await form.getByLabel("Verb").selectOption(verb);
    await form.getByRole("button", { name: "Ask" }).click();
    await form.getByRole("status").getByText(/./).first().waitFor();
    return form.getByRole("status").innerText();
  };
  await expect.poll(() => ask("percale:viewers", "list")).toMatch(/^Yes\s+RBAC: allowed by .*percale:viewer/);
  await expect.poll(() => ask("percale:viewers", "create")).toMatch(/^No\s/);
  const row = page.getByRole("region", { name: "Bindings" }).getByRole("row", { name: /Group percale:viewers/ });
  expect(await row.getByRole("link", { name: "percale:viewer" }).first().getAttribute("href")).toBe(
    "/clusterroles/percale%3Aviewer",
  );
});
