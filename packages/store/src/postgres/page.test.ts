import fc from "fast-check";
import { expect, test } from "vitest";
import { pagesOf } from "./page.ts";

const MB = 1024 * 1024;
const rowsOf = (sizes: readonly number[]) => sizes.map((bytes, i) => ({ revision: i + 1, bytes }));
const pages = (...sizes: readonly number[]) => [...pagesOf(rowsOf(sizes))];

test.each<[what: string, sizes: readonly number[], pages: readonly (readonly number[])[]]>([
  ["nothing", [], []],
  ["what is small together", [1, MB - 2], [[1, 2]]],
  ["up to the row that fills a page", [1, MB - 1, 1], [[1, 2], [3]]],
  ["rows that each fill one", [MB, 2 * MB], [[1], [2]]],
])("a page holds %s", (_, sizes, expected) => {
  expect(pages(...sizes)).toEqual(expected);
});

test("no page has more than a thousand rows, however small", () => {
  expect(pages(...Array<number>(2_500).fill(0)).map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
});

test("pages hold every row once, in order, and none is empty", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 * MB)), (sizes) => {
      const all = pages(...sizes);
      expect(all.flat()).toEqual(rowsOf(sizes).map(({ revision }) => revision));
      expect(all.every(({ length }) => length > 0)).toBe(true);
    }),
  );
});
