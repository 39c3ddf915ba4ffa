import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "./compare.ts";
import { merge } from "./merge.ts";
import { fieldsOf } from "./owned.ts";
import { difference, has, intersection, isSameSet, members, NOTHING, setOf, union } from "./set.ts";
import type { FieldPath, FieldSet } from "./set.ts";
import { after, afterAll, managerOf } from "./testdata/cluster-of-one.ts";
import { WIDGET, widgetOf, writeOf } from "./testdata/widget.ts";
import { typeOf } from "./type.ts";
import { formatFieldsV1, parseFieldsV1 } from "./v1.ts";
import { ownerOfAll } from "./managers.ts";
import { formatOwnerOfAll } from "./whole.ts";

const set: fc.Arbitrary<FieldSet> = fc
  .array(fc.array(fc.constantFrom("f:a", "f:b", 'k:{"port":1}', 'v:"x"'), { minLength: 1, maxLength: 3 }), {
    maxLength: 6,
  })
  .map(setOf);
// Empty maps and lists are owned in ways of their own: `kubernetes.test.ts` has them.
const widget = widgetOf(1);
const write = writeOf(1);
const writes = fc.array(write, { minLength: 1, maxLength: 6 });
const pathsOf = (of: FieldSet): string[] => [...members(of)].map((path) => path.join(" ")).toSorted();

describe("sets", () => {
  test("union, intersection and difference are those of their paths", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [left, right] = [pathsOf(a), pathsOf(b)];
        expect(pathsOf(union(a, b))).toEqual([...new Set([...left, ...right])].toSorted());
        expect(pathsOf(intersection(a, b))).toEqual(left.filter((path) => right.includes(path)));
        expect(pathsOf(difference(a, b))).toEqual(left.filter((path) => !right.includes(path)));
      }),
    );
  });

  test("written and read again a set is the same", () => {
    fc.assert(
      fc.property(set, (a) => {
        const again = parseFieldsV1(JSON.parse(formatFieldsV1(a)));
        expect(again !== undefined && isSameSet(again, a)).toBe(true);
      }),
    );
  });
});

describe("values", () => {
  test("merged with itself or with nothing a value stays as it is", () => {
    fc.assert(
      fc.property(widget, (one) => {
        expect(compare(one, merge(one, one, WIDGET), WIDGET)).toEqual(compare(one, one, WIDGET));
        expect(merge(one, undefined, WIDGET)).toEqual(one);
      }),
    );
  });

  test("all that was said is in the merge, and nothing that nobody said", () => {
    fc.assert(
      fc.property(widget, widget, (under, over) => {
        const fields = fieldsOf(merge(under, over, WIDGET), WIDGET);
        const said = fieldsOf(over, WIDGET);
        expect(pathsOf(difference(said, fields))).toEqual([]);
        expect(pathsOf(difference(fields, union(said, fieldsOf(under, WIDGET))))).toEqual([]);
      }),
    );
  });

  test("backwards what was added was removed", () => {
    fc.assert(
      fc.property(widget, widget, (a, b) => {
        const [there, back] = [compare(a, b, WIDGET), compare(b, a, WIDGET)];
        expect(pathsOf(there.added)).toEqual(pathsOf(back.removed));
        expect(pathsOf(there.modified)).toEqual(pathsOf(back.modified));
      }),
    );
  });
});

describe("managers", () => {
  test("all that an object sets is written at once as it is from its set", () => {
    fc.assert(
      fc.property(widgetOf(0), (one) => {
        expect(formatOwnerOfAll(one, WIDGET)).toBe(formatFieldsV1(ownerOfAll(one, WIDGET)));
      }),
    );
  });

  test("applied twice is applied once", () => {
    fc.assert(
      fc.property(writes, write, (before, last) => {
        const forced = { ...last, operation: "Apply" as const, force: true };
        const once = afterAll([...before, forced]);
        const twice = after(once, { ...forced, force: false });
        expect(twice).toEqual({ state: once });
      }),
    );
  });

  test("what was forced through meets no conflict any more", () => {
    fc.assert(
      fc.property(writes, write, (before, last) => {
        const forced = { ...last, operation: "Apply" as const, force: true };
        expect(after(afterAll([...before, forced]), { ...forced, force: false })).toHaveProperty("state");
      }),
    );
  });

  test("a field is its last writer's, and of whoever said the same", () => {
    fc.assert(
      fc.property(writes, write, (before, last) => {
        const state = afterAll(before);
        const outcome = after(state, last);
        if (!("state" in outcome)) return;
        const { added, modified, removed } = compare(state.object, outcome.state.object, WIDGET);
        for (const [manager, owned] of outcome.state.managers) {
          expect(pathsOf(intersection(owned, removed))).toEqual([]);
          if (manager !== managerOf(last)) expect(pathsOf(intersection(owned, union(added, modified)))).toEqual([]);
        }
      }),
    );
  });

  test("an apply removes only what its manager owned and nobody else does", () => {
    fc.assert(
      fc.property(writes, write, (before, last) => {
        const state = afterAll(before);
        const manager = managerOf({ ...last, operation: "Apply" });
        const outcome = after(state, { ...last, operation: "Apply", force: true });
        if (!("state" in outcome)) return;
        const { removed } = compare(state.object, outcome.state.object, WIDGET);
        const mine = state.managers.get(manager) ?? NOTHING;
        const others = [...state.managers].filter(([name]) => name !== manager).map(([, owned]) => owned);
        const said = fieldsOf(last.object, WIDGET);
        for (const path of members(removed)) {
          if (path.some((_, length) => has(said, path.slice(0, length)))) continue; // another sort of value stands in its place
          expect(isOrIsAround(path, mine), path.join(" ")).toBe(true);
          // An item of a list, and a key of a map, goes with all that is in it, whoever set that.
          const goesAlong = path.some((_, length) => has(removed, path.slice(0, length)));
          expect(!goesAlong && others.some((owned) => has(owned, path)), path.join(" ")).toBe(false);
        }
      }),
    );
  });

  test("a conflict is named for every manager whose field would change, and nothing changes", () => {
    const first = { operation: "Apply" as const, manager: "ann", force: false };
    const made = (order: number) => ({
      apiVersion: "example.org/v1",
      kind: "Widget",
      metadata: { name: "w" },
      spec: { order },
    });
    const state = afterAll([{ ...first, object: made(1) }]);
    expect(after(state, { ...first, manager: "ben", object: made(2) })).toEqual({
      conflicts: [{ manager: "Apply ann", path: ["f:spec", "f:order"] }],
    });
    const shared = after(state, { ...first, manager: "ben", object: made(1) });
    expect("state" in shared && [...shared.state.managers.keys()]).toEqual(["Apply ann", "Apply ben"]);
  });
});

/** Whether the set has the field, one that it stands in, or one that stands in it. */
function isOrIsAround(path: FieldPath, set: FieldSet): boolean {
  const around = path.some((_, length) => has(set, path.slice(0, length + 1)));
  return around || [...members(set)].some((one) => path.every((step, index) => one[index] === step));
}

test("a list of a hundred thousand items has as many fields, in time that grows with them alone", () => {
  const type = typeOf({ type: "array", items: { type: "integer" }, "x-kubernetes-list-type": "set" }, () => undefined);
  const items = Array.from({ length: 100_000 }, (_, i) => i);
  expect(fieldsOf(items, type).size).toBe(100_000);
});

test.each([`v:${"[".repeat(7_000)}${"]".repeat(7_000)}`, 'v:{"a":1}', 'k:{"a":[]}', 'k:{"a":{"b":1}}'])(
  "an item is told apart by scalars: %.20s is no step",
  (step) => {
    expect(parseFieldsV1({ [step]: {} })).toBeUndefined();
  },
);
