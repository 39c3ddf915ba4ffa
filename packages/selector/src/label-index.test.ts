import fc from "fast-check";
import { expect, test } from "vitest";
import { LabelIndex, matches, parseSelector } from "./index.ts";
import type { LabelRecord } from "./index.ts";

const TEXTS = [
  "all()",
  "a == '1'",
  "a != '1'",
  "a in {'1', '2'}",
  "has(a) && b == '1'",
  "!has(a)",
  "a == '1' || b == '2'",
  "a in {}",
  "has(c) && !has(c)",
  "c starts with 'x'",
  "constructor == '1'",
];
const selectors = TEXTS.map((text) => parseSelector(text));
const name = fc.constantFrom("0", "1", "2", "3");
const labels = fc.dictionary(fc.constantFrom("a", "b", "c", "constructor"), fc.constantFrom("1", "2", "xy"), {
  maxKeys: 3,
});
const change = fc.oneof(
  fc.record({ t: fc.constant("item" as const), name, labels, parents: fc.subarray(["p", "q"]) }),
  fc.record({ t: fc.constant("parent" as const), name: fc.constantFrom("p", "q"), labels }),
  fc.record({ t: fc.constant("selector" as const), name, index: fc.nat({ max: TEXTS.length - 1 }) }),
  fc.record({ t: fc.constantFrom("-item" as const, "-selector" as const), name }),
  fc.record({ t: fc.constant("-parent" as const), name: fc.constantFrom("p", "q") }),
);

test("after any changes the pairs are those that match, told once each, and nothing is left behind", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const pairs = new Set<string>();
      const index = new LabelIndex({
        started: (s, i) => {
          if (pairs.has(`${s} ${i}`)) throw new Error(`${s} ${i} started twice`);
          pairs.add(`${s} ${i}`);
        },
        stopped: (s, i) => {
          if (!pairs.delete(`${s} ${i}`)) throw new Error(`${s} ${i} stopped without a start`);
        },
      });
      const items = new Map<string, { labels: LabelRecord; parents: readonly string[] }>();
      const parents = new Map<string, LabelRecord>();
      const watched = new Map<string, number>();
      for (const one of changes) {
        if (one.t === "item") {
          items.set(one.name, one);
          index.putItem(one.name, one.labels, one.parents);
        } else if (one.t === "parent") {
          parents.set(one.name, one.labels);
          index.putParent(one.name, one.labels);
        } else if (one.t === "selector") {
          watched.set(one.name, one.index);
          index.putSelector(one.name, selectors[one.index]!);
        } else if (one.t === "-item") {
          items.delete(one.name);
          index.removeItem(one.name);
        } else if (one.t === "-parent") {
          parents.delete(one.name);
          index.removeParent(one.name);
        } else {
          watched.delete(one.name);
          index.removeSelector(one.name);
        }
        const expected = [...watched].flatMap(([s, i]) =>
          [...items].flatMap(([id, item]) => {
            const layers = [item.labels, ...item.parents.map((p) => parents.get(p) ?? {})];
            const merged = new Map(layers.reverse().flatMap((layer) => Object.entries(layer)));
            return matches(selectors[i]!, merged) ? [`${s} ${id}`] : [];
          }),
        );
        expect([...pairs].sort()).toEqual(expected.sort());
      }
      for (const id of items.keys()) index.removeItem(id);
      for (const id of watched.keys()) index.removeSelector(id);
      for (const id of parents.keys()) index.removeParent(id);
      expect([pairs.size, index.isEmpty]).toEqual([0, true]);
    }),
    { numRuns: 300 },
  );
});

test("an item's own label hides its parents', the first parent the later ones", () => {
  const matched: string[] = [];
  const index = new LabelIndex({ started: (s) => matched.push(s), stopped: () => {} });
  index.putParent("p", { a: "parent", b: "first" });
  index.putParent("q", { b: "second", c: "second" });
  for (const text of ["a == 'own'", "a == 'parent'", "b == 'first'", "b == 'second'", "c == 'second'"])
    index.putSelector(text, parseSelector(text));
  index.putItem("x", { a: "own" }, ["p", "q"]);
  expect(matched.sort()).toEqual(["a == 'own'", "b == 'first'", "c == 'second'"]);
});
