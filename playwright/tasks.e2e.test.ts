/** What on-call engineers come for, within its clicks from Overview, by mouse and by keys alone. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { block, reportProbes, startAgents } from "./lived-in.ts";
import { openShop, type ShopPage } from "./shop-page.ts";
import { keys } from "./tasks/keys.ts";
import { mouse } from "./tasks/mouse.ts";
import { TASKS } from "./tasks/twelve.ts";

const POLICY = "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/database-access";
let shop: ShopPage;
let last = 0; // before a task

beforeAll(async () => {
  shop = await openShop();
  const { product } = shop;
  await product.create([block]);
  const policy = (await product.call("GET", POLICY)) as { readonly spec: object };
  const object = { ...policy, spec: { ...policy.spec, order: 510 } };
  await product.call("POST", "/trpc/changes.submit", { changes: [{ op: "update", object }], reason: "Moved down" });
  startAgents(product);
  await reportProbes(product);
  await shop.signIn();
});
afterAll(() => shop?.close());

beforeEach(async () => {
  last = (await writes())[0]?.revision ?? 0;
  await shop.page.keyboard.press("Escape"); // a palette may be open
  await shop.page.getByRole("navigation").getByRole("link", { name: "Overview", exact: true }).click();
  await shop.page.getByRole("link", { name: /shop\/cart TCP 8080/ }).waitFor();
  await shop.page.getByRole("link", { name: "1 BGP session", exact: true }).waitFor();
});
/** Each task finds the shop as the others did. */
afterEach(async () => {
  for (const { revision } of await writes()) {
    if (revision > last) await shop.product.call("POST", "/trpc/changes.revert", { revision });
  }
});

/** Change sets, newest first. */
async function writes(): Promise<readonly { readonly revision: number }[]> {
  const answer = await shop.product.call("GET", `/trpc/changes.sets?input=${encodeURIComponent('{"limit":10}')}`);
  return (answer as { readonly result: { readonly data: { readonly sets: readonly { revision: number }[] } } }).result
    .data.sets;
}

describe.each([
  ["by mouse", mouse],
  ["by keys alone", keys],
])("%s", (_, handsOf) => {
  test.each(TASKS)("$title, within $most", async ({ most, given, run }) => {
    const hands = handsOf(shop.page);
    await given?.(hands);
    const before = hands.steps;
    await run(hands);
    expect(hands.steps - before).toBeLessThanOrEqual(most);
  });
});
