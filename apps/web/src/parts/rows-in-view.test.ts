import fc from "fast-check";
import { expect, test } from "vitest";
import { rowsInView, startsOf } from "./rows-in-view.ts";

test.each([
  ["at the top", 0, { first: 0, end: 5 }],
  ["within", 320, { first: 8, end: 15 }],
  ["at a row's edge", 352, { first: 9, end: 16 }],
  ["at the end", 3200 - 64, { first: 96, end: 100 }],
  ["beyond the end, after rows went", 9000, { first: 98, end: 100 }],
])("of 100 rows of 32 px those in a box of 64 px and two more on either side: %s", (_, topPx, seen) => {
  expect(rowsInView(startsOf(100, 32), { topPx, heightPx: 64, overscan: 2 })).toEqual(seen);
});

test("no rows, no window", () => {
  expect(rowsInView(startsOf(0, 32), { topPx: 0, heightPx: 500, overscan: 3 })).toEqual({ first: 0, end: 0 });
});

test("every row of which a pixel is seen is drawn, whatever their heights", () => {
  const heights = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 60 });
  const box = fc.record({ topPx: fc.nat(3000), heightPx: fc.integer({ min: 1, max: 900 }), overscan: fc.nat(4) });
  fc.assert(
    fc.property(heights, box, (sizes, view) => {
      const starts = startsOf(sizes.length, (index) => sizes[index]!);
      const { first, end } = rowsInView(starts, view);
      const isSeen = (index: number): boolean =>
        starts[index]! < view.topPx + view.heightPx && starts[index + 1]! > view.topPx;
      const missing = sizes.flatMap((_, index) => (isSeen(index) && (index < first || index >= end) ? [index] : []));
      expect(missing).toEqual([]);
    }),
  );
});
