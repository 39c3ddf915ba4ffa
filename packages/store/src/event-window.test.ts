import { expect, test } from "vitest";
import type { KubeObject } from "@percale/resources";
import { Cache } from "./cache.ts";
import type { LogEvent } from "./event-window.ts";
import { heapBytes } from "./heap-bytes.ts";

const MB = 2 ** 20;

function block(revision: number, characters: number): KubeObject {
  return {
    apiVersion: "v",
    kind: "IPAMBlock",
    metadata: { name: "b" },
    spec: { note: "x".repeat(characters) + revision },
  };
}

function update(revision: number, characters: number): LogEvent {
  const object = block(revision, characters);
  return { revision, setEnd: revision, type: "MODIFIED", object, previous: block(revision - 1, characters) };
}

test("the window holds so many bytes of what was replaced, however few events that is", () => {
  const cache = new Cache({ objects: [block(0, MB)], revision: 0, windowSize: 10_000, windowBytes: 16 * MB });
  for (let revision = 1; revision <= 100; revision++) cache.advance([update(revision, MB)]);
  const held = 100 - cache.window.base;
  expect(held * heapBytes(block(0, MB))).toBeLessThanOrEqual(16 * MB);
  expect(held).toBeGreaterThanOrEqual(7);
  expect(cache.window.after(cache.window.base, 1_000)!.map(({ revision }) => revision)).toEqual(
    Array.from({ length: held }, (_, i) => cache.window.base + 1 + i),
  );
  expect(cache.window.after(cache.window.base - 1, 1_000)).toBeUndefined();
});

test("an event larger than the window leaves nothing behind that is not in the log", () => {
  const cache = new Cache({ objects: [block(0, MB)], revision: 0, windowSize: 10, windowBytes: 1_000 });
  cache.advance([update(1, MB)]);
  expect([cache.window.base, cache.window.after(0, 1), cache.window.after(1, 1)]).toEqual([1, undefined, []]);
});

test("what an event replaced is the object that was held, not a second copy from the log", () => {
  const cache = new Cache({ objects: [block(0, 1)], revision: 0, windowSize: 10 });
  const held = cache.objects.get({ kind: "IPAMBlock", name: "b" });
  cache.advance([update(1, 1)]);
  expect(cache.window.after(0, 1)![0]!.previous).toBe(held);
});
