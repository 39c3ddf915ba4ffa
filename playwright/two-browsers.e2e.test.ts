/** Two people edit one object: each sees what the other wrote, neither loses a letter, and nobody writes over anybody unseen. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openShop, type ShopPage } from "./shop-page.ts";

const POLICY = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/cart-access";
const EDITOR = "/policies?open=networkpolicies/shop/cart-access&tab=form";
let shop: ShopPage;
let mine: Page;
let hers: Page;

beforeAll(async () => {
  shop = await openShop();
  await shop.signIn();
  mine = shop.page;
  const made = await shop.product.call("POST", "/trpc/access.createToken", {
    subject: "vera",
    groups: ["percale:editors"],
  });
  const { token } = (made as { result: { data: { token: string } } }).result.data;
  hers = await (await shop.browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await hers.goto(`${shop.product.url}/signin`);
  await hers.getByLabel("Token").fill(token);
  await hers.getByRole("button", { name: "Sign in" }).click();
  await hers.waitForURL(`${shop.product.url}/`);
});
afterAll(() => shop?.close());

const panel = (page: Page) => page.getByRole("complementary", { name: "Editor, NetworkPolicy" });
const order = (page: Page) => panel(page).getByLabel(/^Order/);
const appliesTo = (page: Page) => panel(page).getByLabel(/^Applies to/);
const notice = (page: Page) => panel(page).getByRole("region", { name: "Changed meanwhile" });
const stored = async () => ((await shop.product.call("GET", POLICY)) as { readonly spec: object }).spec;

beforeEach(async () => {
  for (const page of [mine, hers]) await page.goto(shop.product.url + EDITOR);
  for (const page of [mine, hers]) await order(page).waitFor();
});

async function apply(page: Page): Promise<void> {
  await panel(page).getByText("0 problems").waitFor();
  await panel(page).getByRole("button", { name: "Review" }).click();
  await panel(page)
    .getByRole("button", { name: /^Apply/ })
    .click();
  await page.getByRole("status").getByText("Applied").first().waitFor();
}

test("who only looks sees the other's change as it is written", async () => {
  await order(hers).fill("501");
  await apply(hers);
  await expect.poll(() => order(mine).inputValue()).toBe("501");
  expect(await notice(mine).count()).toBe(0);
});

test("changes of different fields go together: the other's is told with its author, and mine stays typed", async () => {
  await appliesTo(mine).fill("app == 'cart' || app == 'database'");
  await order(hers).fill("502");
  await apply(hers);
  await notice(mine).getByText("vera changed this").waitFor();
  await notice(mine).getByText("502").waitFor();
  await notice(mine).getByText("Your changes touch other fields; merging keeps both.").waitFor();
  expect(await appliesTo(mine).inputValue()).toBe("app == 'cart' || app == 'database'");
  await panel(mine).getByText("Changed meanwhile: merge first").waitFor();
  await notice(mine).getByRole("button", { name: "Merge both changes" }).click();
  await notice(mine).waitFor({ state: "detached" });
  await apply(mine);
  expect(await stored()).toMatchObject({ order: 502, selector: "app == 'cart' || app == 'database'" });
});

test("of a field that both changed one chooses whose stays, before anything can be applied", async () => {
  await order(mine).fill("600");
  await order(hers).fill("700");
  await apply(hers);
  await notice(mine).getByText("You both changed spec.order: choose whose stays.").waitFor();
  await panel(mine).getByRole("button", { name: "Review" }).click();
  expect(
    await panel(mine)
      .getByRole("button", { name: /^Apply/ })
      .isDisabled(),
  ).toBe(true);
  await notice(mine).getByRole("button", { name: "Theirs: 700" }).click();
  await notice(mine).getByRole("button", { name: "Yours: 600" }).click();
  await notice(mine).getByRole("button", { name: "Merge both changes" }).click();
  await panel(mine)
    .getByRole("button", { name: /^Apply/ })
    .click();
  await mine.getByRole("status").getByText("Applied").first().waitFor();
  expect(await stored()).toMatchObject({ order: 600 });
});

test("a write that came a moment earlier refuses mine with words, and merging brings both", async () => {
  let isFirst = true;
  await mine.route(/changes\.submit/, async (route) => {
    const isDryRun = route.request().postData()?.includes('"dryRun":true') === true;
    if (isFirst && !isDryRun) {
      isFirst = false;
      const policy = (await shop.product.call("GET", POLICY)) as { readonly spec: object };
      await shop.product.call("PUT", POLICY, { ...policy, spec: { ...policy.spec, order: 800 } });
    }
    await route.continue();
  });
  await appliesTo(mine).fill("app == 'database'");
  await panel(mine).getByText("0 problems").waitFor();
  await panel(mine).getByRole("button", { name: "Review" }).click();
  await panel(mine)
    .getByRole("button", { name: /^Apply/ })
    .click();
  await panel(mine).getByText("Not applied. Another change of it came first.").waitFor();
  await notice(mine).getByText("admin changed this").waitFor();
  await notice(mine).getByRole("button", { name: "Merge both changes" }).click();
  await panel(mine).getByText("Not applied.").waitFor({ state: "detached" });
  await panel(mine)
    .getByRole("button", { name: /^Apply/ })
    .click();
  await mine.getByRole("status").getByText("Applied").first().waitFor();
  expect(await stored()).toMatchObject({ order: 800, selector: "app == 'database'" });
});

test("what is typed stays when another deletes the object, and cannot be applied", async () => {
  await order(mine).fill("650");
  await shop.product.call("DELETE", POLICY);
  await panel(mine).getByText("What you typed is still here.").waitFor();
  expect(await order(mine).inputValue()).toBe("650");
  await panel(mine).getByText("Deleted meanwhile: restore it first").waitFor();
});
