/** Ways through the dashboard by keys, and what people meet who come with less than the page expects. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop, type ShopPage } from "./shop-page.ts";

let shop: ShopPage;
let page: Page;

beforeAll(async () => {
  shop = await openShop();
  page = shop.page;
  await shop.signIn();
});
afterAll(() => shop.close());

const open = (path: string) => page.goto(`${shop.product.url}${path}`);
const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");

const panel = () => page.getByRole("complementary", { name: "Editor, NetworkPolicy" });

async function createDenyAll(): Promise<void> {
  await open("/policies");
  await page.getByRole("link", { name: /cart-access/ }).waitFor(); // the page reacts
  await page.getByRole("button", { name: "New policy", exact: true }).click();
  await page.getByRole("button", { name: /^Deny all in a namespace/ }).click();
  await page.getByLabel("Namespace").selectOption("shop");
  await page.getByRole("button", { name: "Begin" }).click();
  await panel().getByText("0 problems").waitFor();
  expect(
    await panel()
      .getByLabel(/^Name(?!space)/)
      .inputValue(),
  ).toBe("deny-all");
  await panel().getByRole("button", { name: "Review" }).click();
  await panel()
    .getByRole("button", { name: /^Create/ })
    .click();
  await page.getByRole("status").getByText("Created shop/deny-all").waitFor();
  await page.waitForURL(/open=networkpolicies\/shop\/deny-all/);
}

const isClosed = () => page.waitForURL((url) => !url.searchParams.has("open"));

test("a new policy begins from what most people write first, and undo by its key leaves nothing of it behind", async () => {
  await createDenyAll();
  await page.getByRole("heading", { level: 1 }).focus();
  await page.keyboard.press("Control+z");
  await page.getByRole("status").getByText("Reverted shop/deny-all").waitFor();
  await isClosed();
  expect(await panel().count()).toBe(0);
});

test("undo takes nothing away that was written since, unless one insists", async () => {
  const path = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/deny-all";
  await createDenyAll();
  const made = (await shop.product.call("GET", path)) as { readonly metadata: object };
  await shop.product.call("PUT", path, { ...made, metadata: { ...made.metadata, labels: { since: "then" } } });
  await page.getByRole("button", { name: "Undo" }).first().click();
  await page
    .getByRole("status")
    .getByText(/^Not reverted/)
    .waitFor();
  expect(await shop.product.call("GET", path)).toMatchObject({ metadata: { labels: { since: "then" } } });
  await page.getByRole("button", { name: "Revert over it" }).click();
  await isClosed();
});

test("keys lead on from wherever one arrives", async () => {
  await open("/endpoints");
  await page.getByRole("row", { name: /frontend/ }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL("**/reach");
  await page.waitForFunction(() => document.activeElement?.textContent === "Reach");
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await page.waitForURL("**/policies");
  await page.waitForFunction(() => document.activeElement?.textContent === "Policies");
  await page.getByRole("link", { name: /cart-access/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toContain("pass-the-rest");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Alt+ArrowDown");
  await page.getByRole("region", { name: "Order draft" }).getByRole("button", { name: "Discard" }).click();
});

test("undo by its key takes back what is moved and not applied, never what is stored under it", async () => {
  await createDenyAll();
  await open("/policies");
  const draft = page.getByRole("region", { name: "Order draft" });
  await page.getByRole("link", { name: /cart-access/ }).focus();
  await page.keyboard.press("Alt+ArrowDown");
  await draft.waitFor();
  await page.keyboard.press("Control+z");
  await draft.waitFor({ state: "hidden" });
  await page.getByRole("link", { name: /deny-all/ }).waitFor();
  await page.keyboard.press("Control+z");
  await page.getByRole("status").getByText("Reverted shop/deny-all").waitFor();
});

test.each([
  ["/networkpolicies/shop/nope", "No network policy is called that"],
  ["/policies?open=networkpolicies/shop/nope", "No network policy is called that"],
  ["/policies?open=nope", "This link opens nothing"],
  ["/policies?view=list&q=nope&ns=shop", "No policies match 2 filters"],
  ["/nodes?q=nope", "No nodes match “nope”"],
  ["/tiers?q=nope", "No tiers match “nope”"],
  ["/activity?open=999999", "The log has no change of this revision"],
  ["/activity?open=nope", "The log has no change of this revision"],
  ["/new/nopes", "Nothing here is called /new/nopes"],
])("%s says what is not there: %s", async (path, words) => {
  await open(path);
  await page.getByText(words).waitFor();
});

test("a link opens an endpoint by the name that people see, or says that nobody has it", async () => {
  const endpoint = page.getByRole("complementary", { name: "Endpoint" });
  await open("/endpoints?open=workloadendpoints/shop/frontend");
  await endpoint.getByRole("heading", { name: "shop/frontend" }).waitFor();
  await open("/endpoints?open=workloadendpoints/shop/nope");
  await page.getByText("No workload endpoint is called that").waitFor();
});

test("what filters hide comes back by dropping one", async () => {
  await open("/policies?view=list&q=nope&ns=shop");
  await page.getByRole("button", { name: /^Without “nope”/ }).click();
  await page.getByRole("row", { name: /cart-access/ }).waitFor();
});

test("a cell of the matrix says below what is known of it, and only what differs is shown where that is asked", async () => {
  const workload = (name: string, address: string) => ({
    name,
    namespace: "shop",
    addresses: [address],
    labels: {},
    ports: [],
  });
  const probe = (to: string, allowed: boolean) => ({
    from: "frontend",
    to,
    port: 8080,
    proto: "tcp",
    allowed,
    at: new Date().toISOString(),
  });
  const workloads = [
    workload("frontend", "10.65.0.1"),
    workload("cart", "10.65.0.65"),
    workload("database", "10.65.0.129"),
  ];
  const report = (toCart: boolean) =>
    shop.product.call("POST", "/trpc/lab.report", {
      workloads,
      probes: [probe("cart", toCart), probe("database", false)],
    });
  await report(true);
  await report(false); // not what the policy says
  await open("/matrix");
  const surprise = page.getByRole("link", {
    name: "shop/frontend to shop/cart TCP 8080: no answer, predicted allowed",
  });
  await surprise.focus();
  await page.getByText(/^probed .*, changed .*(ago|now)$/).waitFor();
  await page.keyboard.press("ArrowRight");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
    "shop/frontend to shop/database TCP 8080: no answer, as predicted",
  );
  const why = page.getByRole("region", { name: "Not as predicted" }).getByRole("link");
  expect(await why.innerText()).toContain("NetworkPolicy shop/cart-access");
  await page.getByRole("button", { name: /^Not as predicted/ }).click();
  await page.waitForURL(/view=differences/);
  await page.getByRole("region", { name: "What decides" }).getByRole("link", { name: "shop/cart-access" }).click();
  await page.waitForURL(/\/policies\?open=networkpolicies\/shop\/cart-access$/);
});
