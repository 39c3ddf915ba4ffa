import type { NodeUpdate } from "@percale/policy";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PassLoop } from "./loop.ts";
import type { PassReport } from "./loop.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const report: PassReport = { messages: 1, bytes: 1, refused: [] };
const gone = (key: string): NodeUpdate => ({ t: "policyRemoved", key });

/** A loop whose passes the test ends, with all that it says. */
function setUp() {
  const passes: { keys: readonly string[]; isAsked: boolean; done: () => void; fail: (why: string) => void }[] = [];
  const said: string[] = [];
  const loop = new PassLoop({
    pass: (updates, isAsked) => {
      const { promise, resolve, reject } = Promise.withResolvers<PassReport>();
      const keys = updates.map((update) => ("key" in update ? update.key : ""));
      passes.push({ keys, isAsked, done: () => resolve(report), fail: (why) => reject(new Error(why)) });
      return promise;
    },
    onFailed: (error) => said.push(String(error)),
    onEnded: () => said.push("ended"),
    onResync: () => said.push("resync"),
  });
  const apply = (key: string): void => {
    loop.apply([gone(key)]).then(
      () => said.push(`${key} done`),
      (error: unknown) => said.push(`${key}: ${String(error)}`),
    );
  };
  return { loop, passes, said, apply };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(25);

test("what is handed over in one tick shares a pass; what comes during a pass goes together into the next", async () => {
  const { passes, said, apply } = setUp();
  apply("a");
  apply("b");
  await settle();
  apply("c");
  apply("d");
  await settle();
  expect(passes.map(({ keys }) => keys)).toEqual([["a", "b"]]);
  passes[0]!.done();
  await settle();
  passes[1]!.done();
  await settle();
  expect(passes.map(({ keys }) => keys)).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  expect(said).toEqual(["ended", "a done", "b done", "ended", "c done", "d done"]);
});

test("a pass that fails is tried again after a second; the one that succeeds makes true all that is owed", async () => {
  const { passes, said, apply, loop } = setUp();
  apply("a");
  await settle();
  passes[0]!.fail("no");
  await settle();
  apply("b");
  await vi.advanceTimersByTimeAsync(900);
  expect(passes.length).toBe(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(passes.map(({ keys, isAsked }) => [keys, isAsked])).toEqual([
    [["a"], true],
    [["b"], true],
  ]);
  passes[1]!.done();
  await settle();
  expect(said).toEqual(["Error: no", "ended", "ended", "a done", "b done"]);
  await loop.close();
});

test("a failed pass has been tried, though what it brought is still owed", async () => {
  const { passes, said, apply, loop } = setUp();
  apply("a");
  void loop.tried().then(() => said.push("tried"));
  await settle();
  passes[0]!.fail("no");
  await settle();
  expect(said).toEqual(["Error: no", "ended", "tried"]);
  await loop.close();
  await settle();
  expect(said.slice(3)).toEqual(["a: Error: the dataplane was closed before this was applied"]);
});

test("the soonest of the passes that are asked for counts", async () => {
  const { loop, passes } = setUp();
  loop.request(10_000);
  loop.request(50);
  loop.request(10_000);
  await vi.advanceTimersByTimeAsync(60);
  expect(passes.map(({ isAsked }) => isAsked)).toEqual([false]);
  passes[0]!.done();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(passes.length).toBe(1);
  await loop.close();
});

test("when changes never stop, passes take half of the time at most", async () => {
  const { loop, passes } = setUp();
  loop.request();
  await settle();
  await vi.advanceTimersByTimeAsync(10);
  loop.request();
  passes[0]!.done();
  await vi.advanceTimersByTimeAsync(5);
  expect(passes.length).toBe(1);
  await vi.advanceTimersByTimeAsync(20);
  expect(passes.length).toBe(2);
  passes[1]!.done();
  await loop.close();
});

test("every interval a pass compares everything; a longer interval counts at once, zero ends it", async () => {
  const { loop, said, passes } = setUp();
  loop.resyncEvery(1_000);
  await vi.advanceTimersByTimeAsync(1_500);
  passes[0]!.done();
  loop.resyncEvery(2_000);
  await vi.advanceTimersByTimeAsync(1_900);
  expect(said).toEqual(["resync", "ended"]);
  await vi.advanceTimersByTimeAsync(200);
  passes[1]!.done();
  loop.resyncEvery(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual(["resync", "ended", "resync", "ended"]);
  await loop.close();
});

test("after the end nothing is taken any more, and nobody waits for ever", async () => {
  const { loop, passes } = setUp();
  await loop.close();
  await expect(loop.apply([])).rejects.toThrow("the dataplane is closed");
  await loop.tried();
  loop.request();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(passes).toEqual([]);
});
