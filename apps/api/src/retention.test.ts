import { silentLogger } from "@percale/daemon";
import type { KubeObject } from "@percale/resources";
import { MemoryStore } from "@percale/store/memory";
import { expect, test } from "vitest";
import { forgetHistory, keepHistoryShort } from "./retention.ts";
import { networkSet } from "./testdata/test-api.ts";

const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2030, 0, 31);

/** So many changes, a change set each, on each of these days before today. */
async function storeWith(
  changes: readonly { readonly count: number; readonly daysAgo: number }[],
): Promise<MemoryStore> {
  let at = TODAY;
  const store = new MemoryStore({ now: () => new Date(at) });
  for (const { count, daysAgo } of changes) {
    at = TODAY - daysAgo * DAY_MS;
    for (let i = 0; i < count; i++)
      await store.apply({
        author: "test",
        changes: [{ op: "create", object: networkSet(`set-${daysAgo}-${i}`) as KubeObject }],
      });
  }
  return store;
}

test("what is old is forgotten, but for the newest thousand", async () => {
  const store = await storeWith([
    { count: 600, daysAgo: 40 },
    { count: 900, daysAgo: 3 },
  ]);
  const revisions = await store.head();
  expect(await forgetHistory(store, { days: 30, revisions: 10_000 }, TODAY)).toBe(revisions - 1_000);
  expect(await store.oldest()).toBe(revisions - 1_000 + 1);
  expect(await forgetHistory(store, { days: 30, revisions: 10_000 }, TODAY)).toBe(0);
});

test("what is young stays, as long as it is not too much", async () => {
  const store = await storeWith([{ count: 1_500, daysAgo: 3 }]);
  expect(await forgetHistory(store, { days: 30, revisions: 10_000 }, TODAY)).toBe(0);
  expect(await forgetHistory(store, { days: 30, revisions: 1_200 }, TODAY)).toBe((await store.head()) - 1_200);
});

test("a server goes on to forget until it is closed, and is stopped by no database that is down", async () => {
  const store = await storeWith([{ count: 1_500, daysAgo: 10_000 }]);
  let isDown = true;
  const compact = store.compact.bind(store);
  store.compact = async (retention) => {
    if (isDown) throw new Error(String((isDown = false)));
    return compact(retention);
  };
  const closing = new AbortController();
  const kept = { days: 1, revisions: 10_000 };
  const running = keepHistoryShort({ store, kept, log: silentLogger, everyMs: 5 }, closing.signal);
  await expect.poll(() => store.oldest(), { timeout: 20_000 }).toBe((await store.head()) - 999);
  closing.abort();
  await running;
});
