import { expect, test } from "vitest";
import { merge } from "./merge.ts";

async function* saying<T>(...words: readonly (T | Promise<T>)[]): AsyncGenerator<T> {
  for (const word of words) yield await word;
  await new Promise(() => undefined);
}

async function first<T>(count: number, from: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const one of from) if (taken.push(one) === count) break;
  return taken;
}

test("what both say comes, each in its order, and a silent one holds up nobody", async () => {
  const taken = await first(5, merge(saying(1, 2, 3), saying("a", "b")));
  expect(taken.filter((one) => typeof one === "number")).toEqual([1, 2, 3]);
  expect(taken.filter((one) => typeof one === "string")).toEqual(["a", "b"]);
  const silent = new Promise<string>(() => undefined);
  expect(await first(3, merge(saying(1, 2, 3), saying(silent)))).toEqual([1, 2, 3]);
});

test("it ends with the first that ends, and fails with the first that fails", async () => {
  const ending = (async function* () {
    yield 1;
  })();
  expect(await first(9, merge(ending, saying()))).toEqual([1]);
  const failing = saying(Promise.reject(new Error("gone")));
  await expect(first(1, merge(saying(), failing))).rejects.toThrow("gone");
});

test("nobody is asked for more before the last word was taken", async () => {
  let asked = 0;
  const counting = (async function* () {
    for (;;) yield ++asked;
  })();
  const merged = merge(counting, saying());
  await merged.next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(1);
});

test("when one ends or fails, or nobody wants more, the other is let go", async () => {
  let held = 0;
  const holding = async function* () {
    held++;
    try {
      for (;;) yield 1;
    } finally {
      held--;
    }
  };
  const ending = (async function* () {})();
  await first(9, merge(holding(), ending));
  await first(9, merge(holding(), saying(Promise.reject(new Error("gone"))))).catch(() => undefined);
  await first(9, merge(holding(), holding()));
  await expect.poll(() => held).toBe(0);
});
