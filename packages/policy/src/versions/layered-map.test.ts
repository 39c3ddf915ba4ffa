import fc from "fast-check";
import { expect, test } from "vitest";
import { LayeredMap } from "./layered-map.ts";
import { ListsEdit } from "./lists-edit.ts";

const key = fc.integer({ min: 0, max: 30 });
const edits = fc.array(fc.array(fc.tuple(key, fc.option(fc.nat(9), { nil: undefined })), { maxLength: 12 }), {
  maxLength: 12,
});

test("every version holds what a map would that had the same changes, and goes on holding it", () => {
  fc.assert(
    fc.property(edits, (all) => {
      const expected = new Map<number, number>();
      let map = new LayeredMap<number, number>();
      const versions: [LayeredMap<number, number>, Map<number, number>][] = [[map, new Map()]];
      for (const changes of all) {
        const draft = map.edit();
        for (const [at, value] of changes) {
          draft.set(at, value);
          if (value === undefined) expected.delete(at);
          else expected.set(at, value);
          expect(draft.get(at)).toBe(value);
        }
        map = draft.done();
        versions.push([map, new Map(expected)]);
      }
      for (const [version, held] of versions) {
        expect(new Map(version.entries())).toEqual(held);
        expect(new Set(version.values())).toEqual(new Set(held.values()));
        expect([version.size, ...held.keys()].map((at) => version.get(at))).toEqual(
          [held.size, ...held.keys()].map((at) => held.get(at)),
        );
        expect(version.size).toBe(held.size);
      }
    }),
  );
});

test("an edit without changes makes no other map", () => {
  const map = new LayeredMap<number, number>();
  expect(map.edit().done()).toBe(map);
});

test("lists grow and shrink in versions; an empty one is none", () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 }), (all) => {
      const expected = new Map<number, Set<number>>();
      let lists = new LayeredMap<number, readonly number[]>();
      const versions: [typeof lists, Map<number, number[]>][] = [];
      for (const steps of all) {
        const draft = new ListsEdit(lists);
        for (const [isPut, at, value] of steps) {
          const held = expected.get(at) ?? new Set();
          if (isPut && !held.has(value)) draft.add(at, value);
          if (!isPut) draft.remove(at, value);
          if (isPut) expected.set(at, held.add(value));
          else if (held.delete(value) && held.size === 0) expected.delete(at);
        }
        lists = draft.done();
        versions.push([lists, new Map([...expected].map(([at, held]) => [at, [...held]]))]);
      }
      for (const [version, held] of versions) expect(new Map(version.entries())).toEqual(held);
    }),
  );
});
