import { expect, test } from "vitest";
import { Gate } from "../limits.ts";
import { testAuthorizer } from "../testdata/test-authorizer.ts";
import { can, router } from "./init.ts";
import type { CallContext } from "./init.ts";

const feeds = router({
  ending: can("read").subscription(async function* () {
    yield 1;
  }),
  failing: can("read").subscription(async function* () {
    yield 1;
    throw new Error("gone");
  }),
  endless: can("read").subscription(async function* () {
    for (;;) yield 1;
  }),
});

test.each([
  ["ending", [1]],
  ["failing", [1, "gone"]],
  ["endless", [1, 1, 1]],
] as const)("a subscription that is %s gives its place back when it is over, and once", async (name, expected) => {
  const places = new Gate(2);
  const context = {
    identify: async () => ({
      user: "vera",
      groups: ["percale:viewers"],
      method: "token",
      authorizer: testAuthorizer(),
    }),
    subscriptions: places,
  } as unknown as CallContext; // the parts that are read
  const socket = new AbortController();
  const feed = await feeds.createCaller(context, { signal: socket.signal })[name]();
  const told: unknown[] = [];
  try {
    for await (const word of feed) {
      expect(places.count).toBe(1);
      if (told.push(word) === 3) break;
    }
  } catch (error) {
    told.push((error as Error).message);
  }
  expect([told, places.count]).toEqual([expected, 0]);
  socket.abort();
  expect(places.count).toBe(0);
});
