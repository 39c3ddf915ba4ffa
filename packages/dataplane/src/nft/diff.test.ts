import fc from "fast-check";
import { expect, test } from "vitest";
import { diffChain } from "./diff.ts";
import { diffIntervals, mergeIntervals } from "./intervals.ts";

const identities: fc.Arbitrary<string[]> = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 12 });

/** What the kernel does with a diff. */
function applyDiff(actual: readonly { handle: bigint; identity: string }[], desired: readonly string[]) {
  const { deleted, inserted } = diffChain(actual, desired);
  const rules = actual.filter((rule) => !deleted.includes(rule.handle));
  for (const { index, before } of inserted) {
    const at = before === undefined ? rules.length : rules.findIndex((rule) => rule.handle === before);
    rules.splice(at, 0, { handle: -1n, identity: desired[index]! });
  }
  return rules;
}

const listed = (list: readonly string[]) => list.map((identity, i) => ({ handle: BigInt(i + 1), identity }));

test("a diff turns any chain into any other", () => {
  fc.assert(
    fc.property(identities, identities, (actual, desired) => {
      expect(applyDiff(listed(actual), desired).map((rule) => rule.identity)).toEqual(desired);
    }),
  );
});

test("equal chains need nothing, and one new rule touches no other", () => {
  fc.assert(
    fc.property(identities, fc.nat(12), (actual, at) => {
      expect(diffChain(listed(actual), actual)).toEqual({ deleted: [], inserted: [] });
      const { deleted, inserted } = diffChain(listed(actual), actual.toSpliced(at, 0, "new"));
      expect({ deleted: deleted.length, inserted: inserted.length }).toEqual({ deleted: 0, inserted: 1 });
    }),
  );
});

const interval = fc
  .tuple(fc.bigInt(0n, 40n), fc.bigInt(0n, 8n))
  .map(([first, size]) => ({ first, last: first + size }));

test("merged intervals are disjoint and cover the same numbers", () => {
  fc.assert(
    fc.property(fc.array(interval), (intervals) => {
      const merged = mergeIntervals(intervals);
      for (const [i, { last }] of merged.entries())
        expect(merged[i + 1] === undefined || merged[i + 1]!.first > last).toBe(true);
      const covers = (list: typeof merged, n: bigint) => list.some(({ first, last }) => first <= n && n <= last);
      for (let n = 0n; n < 50n; n++) expect(covers(merged, n)).toBe(covers(intervals, n));
    }),
  );
});

test("a diff of intervals names what is on one side only", () => {
  const [a, b, c] = [1n, 2n, 3n].map((first) => ({ first, last: first }));
  expect(diffIntervals([a!, b!], [b!, c!])).toEqual({ added: [c], removed: [a] });
});
