/** Pages over thousands of objects ask for what they show: bytes, requests and elements, not times. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manyEndpoints, manyPolicies } from "../apps/web/bench/shop.ts";
import { openShop, type ShopPage } from "./shop-page.ts";

const ENDPOINTS = 3_000;

let shop: ShopPage;
let page: Page;
/** What the API answered since it was looked at last, by procedure: `lists.endpoints`. */
let answers: { readonly path: string; readonly bytes: number }[] = [];

beforeAll(async () => {
  shop = await openShop();
  page = shop.page;
  await shop.product.create(manyEndpoints({ nodes: 20, endpoints: ENDPOINTS }));
  await shop.product.create(manyPolicies(500));
  await shop.signIn();
  page.on("requestfinished", async (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith("/trpc/")) return;
    const body = await (await request.response())?.body().catch(() => undefined);
    answers.push({
      path: `${pathname.slice("/trpc/".length)} ${decodeURIComponent(search)}`,
      bytes: body?.length ?? 0,
    });
  });
});
afterAll(() => shop.close());

const table = () => page.getByRole("table", { name: "Endpoints" });
const row = (name: RegExp) => page.getByRole("row", { name }).first();
const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
const answered = (path: string) => answers.filter((each) => each.path.startsWith(path));
const sizeOf = (path: string) => answered(path).reduce((sum, { bytes }) => sum + bytes, 0);

async function open(path: string): Promise<void> {
  await page.goto("about:blank");
  answers = [];
  await page.goto(shop.product.url + path);
}

test("the list of endpoints is a window: rows on screen, whatever there is below", async () => {
  await open("/endpoints");
  await row(/shop\/cart/).waitFor();
  await page.getByText(`${(ENDPOINTS + 3).toLocaleString("en")} endpoints`).waitFor();
  await expect.poll(() => answered("policy.coverage").length).toBeGreaterThan(0);
  expect(answered("objects.list").filter(({ path }) => path.includes("WorkloadEndpoint"))).toEqual([]);
  expect(sizeOf("lists.endpoints")).toBeLessThan(60_000);
  expect(sizeOf("policy.coverage")).toBeLessThan(60_000);
  expect(await elements()).toBeLessThan(1_500);
});

test("scrolled to its end it shows the end, and has no more elements", async () => {
  await table().evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await row(/shop\/service-199-2999/).waitFor();
  expect(await elements()).toBeLessThan(1_500);
});

test("a filter is one question for its rows, and one for what is in force on them", async () => {
  await open("/endpoints");
  await row(/shop\/cart/).waitFor();
  await expect.poll(() => answered("policy.coverage").length).toBeGreaterThan(0);
  await page.waitForLoadState("networkidle"); // what the page asked as it came up is not the filter's
  answers = [];
  await page.getByLabel("Find endpoints").fill("service-42-1");
  await page.getByText("of 3,003 endpoints").waitFor();
  await row(/shop\/service-42-1042/).waitFor();
  await expect.poll(() => answered("policy.coverage").length).toBe(1);
  expect(answered("lists.endpoints")).toHaveLength(1);
});

test("a filter that matches nothing says so, with the way back", async () => {
  await page.getByLabel("Find endpoints").fill("no-such-thing");
  await page.getByText("3,003 endpoints without it").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await row(/shop\/cart/).waitFor();
});

test("an order by protection is the server's, and a link from elsewhere is a filter that can be taken away", async () => {
  await open("/endpoints?egress=closed");
  await page.getByText("No endpoints match").waitFor();
  await open("/endpoints?ingress=closed");
  await row(/shop\/database/).waitFor();
  await page.getByRole("button", { name: "Without ingress closed" }).click();
  await page.getByRole("button", { name: "Ingress", exact: true }).click();
  await row(/open to everyone/).waitFor();
});

test.each(["/", "/reach?src=shop/frontend&dst=shop/cart&port=8080", "/matrix", "/endpoints?open=frontend"])(
  "%s loads no list of endpoints into the browser",
  async (path) => {
    await open(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search" }).waitFor();
    await page.keyboard.type("service-77-277");
    await page.getByRole("option", { name: /shop\/service-77-277 / }).waitFor();
    await page.keyboard.press("Escape");
    expect(answered("objects.list").filter(({ path }) => path.includes("WorkloadEndpoint"))).toEqual([]);
  },
);

test("the list of a kind is a window too", async () => {
  await open("/networkpolicies?q=service-0049");
  await row(/shop\/service-00499/).waitFor();
  await page.getByText("10 of 502").waitFor();
  expect(sizeOf("lists.objects")).toBeLessThan(10_000);
});

test("the board asks for the cards on screen, and for a policy once it is opened", async () => {
  await open("/policies");
  const tier = page.getByRole("region", { name: "Tier default" });
  await tier.getByRole("link", { name: /service-00000/ }).waitFor();
  await tier.getByText("15 endpoints").first().waitFor();
  await tier.locator("ol").evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const last = tier.getByRole("link", { name: /service-00499/ });
  await last.waitFor();
  await last.click();
  await page.getByRole("complementary", { name: "Editor, NetworkPolicy" }).getByRole("tab", { name: "Form" }).waitFor();
  expect(answered("objects.list").filter(({ path }) => path.includes("Policy"))).toEqual([]);
  const read = () => answers.filter(({ path }) => path.includes("objects.get") && path.includes("NetworkPolicy"));
  await expect.poll(() => read()[0]?.path).toContain("service-00499"); // it is counted once it has come whole
  expect(read().length).toBeLessThan(4); // and those that its panel names
  expect(sizeOf("board.tiers")).toBeLessThan(60_000);
  expect(sizeOf("policy.coverage")).toBeLessThan(20_000);
  expect(await elements()).toBeLessThan(2_000);
});

test("a card that is moved by fast keys stands where they put it, with few new orders, and so it is written", async () => {
  await open("/policies");
  const tier = page.getByRole("region", { name: "Tier default" });
  const first = async () =>
    (await tier.getByRole("link").allTextContents()).slice(0, 4).map((text) => /[\w-]+\/([a-z-]+)/.exec(text)?.[1]);
  await tier.getByRole("link", { name: /service-00001/ }).focus();
  for (let step = 0; step < 3; step++) await page.keyboard.press("Alt+ArrowUp");
  const draft = page.getByRole("region", { name: "Order draft" });
  await draft.getByText("2 policies moved").waitFor(); // past two of one order, one of which gave way
  const order = ["service-", "cart-access", "database-access", "service-"];
  await expect.poll(first).toEqual(order);
  await draft.getByRole("button", { name: "Apply order" }).click();
  await draft.waitFor({ state: "hidden" });
  expect(await first()).toEqual(order); // without having been back where it was
  expect(answered("objects.list").filter(({ path }) => path.includes("Policy"))).toEqual([]);
  await open("/policies");
  await expect.poll(first).toEqual(order);
});

test("keys lead straight across into a tier that is scrolled, with a card or without", async () => {
  await open("/policies");
  const tier = page.getByRole("region", { name: "Tier default" });
  await tier.getByRole("link", { name: /service-00000/ }).waitFor();
  await tier.locator("ol").evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
  await tier.getByRole("link", { name: /service-00250/ }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-card") ?? "");
  await page.getByRole("link", { name: /pass-the-rest/ }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await focused()).toMatch(/^service-002/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Alt+ArrowRight");
  await page.getByRole("region", { name: "Tier kube-admin" }).getByRole("link").waitFor(); // between the two, and empty before
  await page.keyboard.press("Alt+ArrowRight");
  await tier.getByRole("link", { name: /pass-the-rest/ }).waitFor();
  expect(await focused()).toMatch(/pass-the-rest/);
  await page.getByRole("button", { name: "Discard" }).click();
});

test("policies as rows are a window too", async () => {
  await open("/policies?view=list&q=service-0049");
  await row(/shop\/service-00499/).waitFor();
  await page.getByText("10 of 503").first().waitFor();
  expect(sizeOf("board.rows")).toBeLessThan(10_000);
});

test("a tier has cards once it comes near, and the board no more elements for those that are not", async () => {
  const tier = (index: number) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "Tier",
    metadata: { name: `team-${index}` },
    spec: { order: 2_000_000 + index, defaultAction: "Pass" },
  });
  const policy = (index: number, name: string) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkPolicy",
    metadata: { name: `team-${index}.${name}` },
    spec: { tier: `team-${index}`, order: 1, selector: "all()", types: ["Ingress"], ingress: [{ action: "Pass" }] },
  });
  const tiers = Array.from({ length: 15 }, (_, index) => index);
  const names = Array.from({ length: 12 }, (_, index) => `p-${index}`);
  await shop.product.create([
    ...tiers.map(tier),
    ...tiers.flatMap((index) => names.map((name) => policy(index, name))),
  ]);
  await open("/policies");
  await page.getByRole("link", { name: /service-00000/ }).waitFor();
  const last = page.getByRole("region", { name: "Tier team-14" });
  expect(await last.getByRole("link").count()).toBe(0);
  expect(await elements()).toBeLessThan(2_200);
  await page.locator(".board").evaluate((element) => element.scrollTo(element.scrollWidth, 0));
  await last.getByRole("link", { name: /team-14.p-11/ }).waitFor();
  expect(await elements()).toBeLessThan(2_200);
});
