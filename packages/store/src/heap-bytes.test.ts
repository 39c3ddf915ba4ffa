import { expect, test } from "vitest";
import { heapBytes } from "./heap-bytes.ts";

test.each<[value: unknown, bytes: number]>([
  ["", 24],
  ["name", 24 + 2 * 4],
  [7, 8],
  [null, 8],
  [undefined, 8],
  [{}, 32],
  [[], 32],
  [[1, 2], 32 + 2 * (8 + 8)],
  [{ key: "ab" }, 32 + 8 + 3 + 24 + 2 * 2],
  [{ list: [{}] }, 32 + 8 + 4 + 32 + 8 + 32],
])("%j holds its headers, its slots and its text", (value, bytes) => {
  expect(heapBytes(value)).toBe(bytes);
});
