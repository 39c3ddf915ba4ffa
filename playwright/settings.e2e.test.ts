import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** What the cluster is set to, changed in place, and how one likes the dashboard. */
let shop: ShopPage;

beforeAll(async () => {
  shop = await openShop();
  await shop.signIn();
});
afterAll(() => shop?.close());

const FELIX = "/apis/projectcalico.org/v3/felixconfigurations/default";
const specNow = async (): Promise<Record<string, unknown>> =>
  ((await shop.product.call("GET", FELIX)) as { readonly spec: Record<string, unknown> }).spec;

test("a setting is found, changed in its line, refused there with the server's reason, mended and applied", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/settings`);
  await page.getByRole("searchbox", { name: "Find a setting" }).fill("vxlan port");
  const port = page.getByRole("textbox", { name: "VXLAN port", exact: true });
  await port.fill("99999");
  const bar = page.getByRole("region", { name: "Changed settings" });
  await bar.getByText("1 change", { exact: true }).waitFor();
  await bar.getByText("nothing restarts").waitFor();
  await bar.getByRole("button", { name: "Apply" }).click();
  await bar.getByText("Not applied").waitFor();
  await page.getByText(/^ · .*65535/).waitFor();
  await port.fill("4790");
  await bar.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("status").getByText("VXLAN port").waitFor();
  expect(await specNow()).toMatchObject({ vxlanPort: 4790 });
});

test("what differs from the default is a filter of the link, and goes back to it", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/settings?f=has`);
  await page.getByRole("button", { name: "Reset to default" }).click();
  await page.getByText("VXLAN port").first().waitFor();
  await page.getByRole("region", { name: "Changed settings" }).getByRole("button", { name: "Apply" }).click();
  await page.getByText("No setting matches").waitFor();
  expect(await specNow()).not.toHaveProperty("vxlanPort");
});

test("a change that ends sessions says so before it is applied", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/settings?q=node-to-node`);
  await page.getByRole("switch", { name: "Node-to-node mesh" }).click();
  const bar = page.getByRole("region", { name: "Changed settings" });
  await bar.getByText("opens or ends sessions").waitFor();
  await bar.getByRole("button", { name: "Discard" }).click();
  await bar.waitFor({ state: "detached" });
});

test("what is far below is text that can be found, and a control once it comes near", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/settings`);
  await page.locator("main:not(:has([aria-busy=true]))").waitFor();
  const controls = page.locator(".set-list").locator("input, select");
  const drawn = await controls.count();
  expect(drawn).toBeGreaterThan(10);
  expect(drawn).toBeLessThan(120); // of more than 200
  const groups = page.getByRole("navigation", { name: "Groups of settings" });
  const last = (await page.locator(".set-group").last().locator("p").allInnerTexts()).length;
  expect(last).toBeGreaterThan(0); // each by its name
  await groups.getByRole("link").last().click();
  await page
    .locator(".set-group")
    .last()
    .locator("button")
    .nth(last - 1)
    .waitFor();
  expect(await page.locator(".set-group").last().locator("p").count()).toBe(0);
});

test("theme and density are there from the first byte of the next page, and single keys can be switched off", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/settings?tab=appearance`);
  await page.getByRole("radio", { name: /^Dark/ }).check();
  await page.getByRole("radio", { name: /^Comfortable/ }).check();
  await page.getByRole("switch", { name: "Single-key shortcuts" }).uncheck();
  const html = await (await page.request.get(`${product.url}/nodes`)).text();
  expect(html).toMatch(/<html[^>]* data-density="comfortable"[^>]* data-theme="dark"/);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.getByRole("switch", { name: "Single-key shortcuts" }).check();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.waitForURL(/\/endpoints$/); // and not the nodes
  await page.context().clearCookies({ name: /^(theme|density|keys)$/ });
});

test.each(["/settings?tab=appearance", "/settings?open=FelixConfiguration.vxlanPort"])(
  "%s is free of accessibility faults",
  async (path) => {
    const { page, product } = shop;
    await page.goto(`${product.url}${path}`);
    await page.locator("main:not(:has([aria-busy=true]))").waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  },
);
