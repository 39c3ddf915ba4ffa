import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop } from "./shop-page.ts";
import type { ShopPage } from "./shop-page.ts";

/** What an object is, and what may be done with it, wherever it is shown. */
let shop: ShopPage;

const POLICY = "/networkpolicies/shop/cart-access";
const policy = (name: string, spec: object): object => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop" },
  spec: { types: ["Ingress"], ...spec },
});

beforeAll(async () => {
  shop = await openShop();
  const ingress = [{ action: "Allow", protocol: "TCP", source: { selector: "app == 'frontend'" } }];
  await shop.product.create([
    policy("again", { order: 900, selector: "app == 'cart'", ingress: [{ action: "Deny" }] }),
    policy("behind", { order: 901, selector: "app == 'cart'", ingress }),
    policy("nobody", { order: 902, selector: "app == 'none'", ingress }),
  ]);
  await shop.page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: shop.product.url });
  await shop.signIn();
});
afterAll(() => shop?.close());

test("it says first for whom it is and what it does, on its page as in a panel", async () => {
  const { page, product } = shop;
  for (const path of [POLICY, `/policies?open=${POLICY.slice(1)}`]) {
    await page.goto(`${product.url}${path}`);
    await page.getByRole("tab", { name: "Summary", selected: true }).waitFor();
    const [rules, endpoints] = ["Rules", "Endpoints"].map((name) => page.getByRole("region", { name, exact: true }));
    await rules!.getByText(/Allow\s+TCP\s+from\s+app == 'frontend'/).waitFor();
    await rules!.getByText(/what none of tier default matches is denied/).waitFor();
    expect(await endpoints!.getByRole("row").allInnerTexts()).toEqual([
      expect.stringMatching(/^Endpoint/),
      expect.stringMatching(/^shop\/cart\s+10\.65\.0\.65\s+node-2$/),
    ]);
  }
});

test("a policy that decides nothing says why", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/networkpolicies/shop/behind`);
  await page.getByText("Shadowed by shop/again", { exact: true }).waitFor();
  await page.goto(`${product.url}/networkpolicies/shop/nobody`);
  await page.getByText("No endpoint is selected, so it decides nothing.").waitFor();
  expect(await page.getByText("Matches nothing", { exact: true }).count()).toBe(2); // as a badge and as the verdict
  await page.goto(`${product.url}/policies`);
  await page
    .getByRole("link", { name: /behind/ })
    .getByText("Shadowed by shop/again")
    .waitFor();
  await page
    .getByRole("link", { name: /nobody/ })
    .getByText("Matches nothing")
    .waitFor();
  await page.goto(`${product.url}/policies?view=list`);
  await page.getByRole("row", { name: /shop\/behind Shadowed by shop\/again/ }).waitFor();
  await page.getByRole("row", { name: /shop\/nobody Matches nothing/ }).waitFor();
});

test("the endpoints that it selects are a list of the server's, with a filter", async () => {
  const { page, product } = shop;
  const pass = "/globalnetworkpolicies/security.pass-the-rest";
  await page.goto(`${product.url}/policies?open=${pass.slice(1)}`);
  await page.getByRole("tab", { name: "Endpoints 3" }).click();
  const list = page.getByRole("table", { name: "Endpoints that it selects" });
  await list.getByRole("row", { name: /shop\/frontend/ }).waitFor();
  expect(await list.getByRole("row").count()).toBe(4);
  await page.getByRole("complementary").getByRole("searchbox", { name: "Find endpoints" }).fill("node-3");
  await list.getByRole("row", { name: /shop\/cart/ }).waitFor({ state: "detached" });
  await list.getByRole("row", { name: /shop\/database/ }).click();
  await page.waitForURL(/\/endpoints\?open=workloadendpoints\/shop\/node--3-/);
});

test("what others make of an object stands beside what it states: the policies of a tier, in order", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/tiers/default`);
  await page.getByRole("region", { name: "What it states" }).getByText("Deny", { exact: true }).waitFor();
  const policies = page.getByRole("region", { name: "Used by" }).getByRole("link");
  await policies.first().waitFor();
  expect(await policies.allInnerTexts()).toEqual([
    "shop/cart-access",
    "shop/database-access",
    "shop/again",
    "shop/behind",
    "shop/nobody",
  ]);
});

test("a draft stays while one looks at what is stored", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}${POLICY}?tab=form`);
  await page.getByLabel(/^Order/).fill("501");
  await page.getByText("0 problems").waitFor();
  await page.getByRole("tab", { name: "Summary" }).click();
  await page.getByRole("region", { name: "Rules" }).waitFor();
  await page.getByText("0 problems").waitFor();
  await page.getByRole("tab", { name: "Form and YAML" }).click();
  expect(await page.getByLabel(/^Order/).inputValue()).toBe("501");
});

test("its menu edits it first, copies it as a command that writes it, and deletes last", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}${POLICY}`);
  await page.getByRole("button", { name: "More", exact: true }).click();
  const items = page.locator(".obj-menu").locator("a, button");
  expect(await items.allInnerTexts()).toEqual([
    "Edit network policy",
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
  await page.getByRole("button", { name: "More", exact: true }).click();
  await items.getByText("Edit network policy").click();
  await page.getByLabel(/^Applies to/).waitFor();
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

test("its history stands in the panel, and one goes on to the form", async () => {
  const { page, product } = shop;
  await page.goto(`${product.url}/policies?open=networkpolicies/shop/cart-access&tab=history`);
  const panel = page.getByRole("complementary");
  await panel.getByText("created it").waitFor();
  await panel.getByRole("tab", { name: "Form" }).click();
  await panel.getByLabel(/^Applies to/).waitFor();
});
