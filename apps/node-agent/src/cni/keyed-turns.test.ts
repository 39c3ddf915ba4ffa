import { expect, test } from "vitest";
import { KeyedTurns } from "./keyed-turns.ts";

/** Works that end when they are told to, and what happened in which order. */
function setUp() {
  const turns = new KeyedTurns();
  const seen: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const start = (name: string, ...keys: readonly string[]): Promise<string> => {
    ends.set(name, Promise.withResolvers<void>());
    return turns
      .run(keys, async () => {
        seen.push(`${name} began`);
        await ends.get(name)!.promise;
        seen.push(`${name} ended`);
        return name;
      })
      .catch((error: unknown) => String(error));
  };
  const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { turns, seen, ends, start, settle };
}

test("work that shares a key runs in the order in which it came; other work does not wait for it", async () => {
  const { turns, seen, ends, start, settle } = setUp();
  const all = [start("a", "x", "y"), start("b", "y"), start("c", "z"), start("d", "x", "z")];
  await settle();
  expect(seen.splice(0)).toEqual(["a began", "c began"]);
  ends.get("a")!.resolve();
  await settle();
  expect(seen.splice(0)).toEqual(["a ended", "b began"]);
  ends.get("c")!.resolve();
  await settle();
  expect(seen.splice(0)).toEqual(["c ended", "d began"]);
  for (const name of ["b", "d"]) ends.get(name)!.resolve();
  expect([await Promise.all(all), turns.size]).toEqual([["a", "b", "c", "d"], 0]);
});

test("what failed keeps nobody from his turn, and is told to who asked for it", async () => {
  const { turns, ends, start } = setUp();
  const all = [start("a", "x"), start("b", "x")];
  ends.get("a")!.reject(new Error("no"));
  ends.get("b")!.resolve();
  expect([await Promise.all(all), turns.size]).toEqual([["Error: no", "b"], 0]);
});
