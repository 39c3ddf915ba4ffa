import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines, diffValues, foldSame, isSame } from "./diff.ts";

test("a line difference rebuilds both texts", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const diff = diffLines(a.join("\n"), b.join("\n"));
      const side = (drop: string) =>
        diff.flatMap((line) => (line.op === drop || line.op === "fold" ? [] : [line.text]));
      expect(side("add")).toEqual(a);
      expect(side("del")).toEqual(b);
    }),
  );
});

test("unchanged stretches fold around the changes", () => {
  const before = Array.from({ length: 20 }, (_, index) => `l${index}`).join("\n");
  const folded = foldSame(diffLines(before, before.replace("l10", "x")), 2);
  expect(folded[0]).toEqual({ op: "fold", count: 8 });
  expect(folded.at(-1)).toEqual({ op: "fold", count: 7 });
});

test("a rule put first is moved, the new one is added", () => {
  const [a, b, c] = [{ action: "Allow" }, { action: "Deny" }, { action: "Pass" }];
  expect(diffValues({ spec: { ingress: [a, b] } }, { spec: { ingress: [b, a, c] } })).toEqual([
    { op: "moved", path: "spec.ingress[0]", value: b, from: 1, to: 0 },
    { op: "moved", path: "spec.ingress[1]", value: a, from: 0, to: 1 },
    { op: "added", path: "spec.ingress[2]", value: c },
  ]);
});

test("a rule edited in place says the field", () => {
  const before = { ingress: [{ action: "Allow", destination: { ports: [80] } }] };
  const after = { ingress: [{ action: "Allow", destination: { ports: [80, 443] } }] };
  expect(diffValues(before, after)).toEqual([
    { op: "changed", path: "ingress[0].destination.ports", from: [80], to: [80, 443] },
  ]);
});

test("equal values differ nowhere", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(diffValues(value, structuredClone(value))).toEqual([]);
    }),
  );
});

test("a line difference keeps as many lines as can be kept, and what goes stands before what comes", () => {
  const ops = (a: string, b: string) =>
    diffLines(a, b).map((line) => `${line.op} ${line.op === "fold" ? "" : line.text}`);
  expect(ops("a\nb\nc\n", "a\nc\nd\n")).toEqual(["same a", "del b", "same c", "add d"]);
  expect(ops("x\na\nb\n", "a\nb\ny\na\n")).toEqual(["del x", "same a", "same b", "add y", "add a"]);
  expect(ops("a", "b")).toEqual(["del a", "add b"]);
  expect(ops("", "a\n")).toEqual(["add a"]);
  expect(ops("a\n\n", "a\n")).toEqual(["same a", "del "]);
});

test("texts of many lines differ by the few that do, and wholly changed ones by all", () => {
  const lines = (word: string) => Array.from({ length: 120_000 }, (_, index) => `${word}${index}`);
  const before = lines("a");
  expect(diffLines(before.join("\n"), before.with(60_000, "b").join("\n")).filter(({ op }) => op !== "same")).toEqual([
    { op: "del", text: "a60000" },
    { op: "add", text: "b" },
  ]);
  const ops = diffLines(before.join("\n"), lines("b").join("\n")).map(({ op }) => op);
  expect(
    Object.fromEntries(
      Map.groupBy(ops, (op) => op)
        .entries()
        .map(([op, all]) => [op, all.length]),
    ),
  ).toEqual({
    del: 120_000,
    add: 120_000,
  });
});

test("lines kept are never fewer than those that both texts share in order", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
  const longest = (a: readonly string[], b: readonly string[]): number => {
    const [head, ...rest] = a;
    if (head === undefined) return 0;
    const at = b.indexOf(head);
    return Math.max(longest(rest, b), at < 0 ? 0 : 1 + longest(rest, b.slice(at + 1)));
  };
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const text = (list: readonly string[]) => list.map((line) => `${line}\n`).join("");
      expect(diffLines(text(a), text(b)).filter(({ op }) => op === "same")).toHaveLength(longest(a, b));
    }),
  );
});

test("folding keeps three lines around a change unless told otherwise", () => {
  const before = Array.from({ length: 20 }, (_, index) => `l${index}`).join("\n");
  const lines = diffLines(before, before.replace("l10", "x"));
  const shape = (context?: number) =>
    foldSame(lines, context).map((line) => (line.op === "fold" ? line.count : line.op));
  expect(shape()).toEqual([7, "same", "same", "same", "del", "add", "same", "same", "same", 6]);
  expect(shape(0)).toEqual([10, "del", "add", 9]);
  expect(foldSame(diffLines("a", "a"))).toEqual([{ op: "fold", count: 1 }]);
});

test.each<[what: string, before: unknown, after: unknown, changes: unknown]>([
  ["a field that comes", {}, { a: 1 }, [{ op: "added", path: "a", value: 1 }]],
  ["a field that goes", { a: { b: 1 } }, { a: {} }, [{ op: "removed", path: "a.b", value: 1 }]],
  ["a value", { a: 1 }, { a: 2 }, [{ op: "changed", path: "a", from: 1, to: 2 }]],
  ["a map that becomes a list", { a: {} }, { a: [] }, [{ op: "changed", path: "a", from: {}, to: [] }]],
  ["null instead of a map", { a: { b: 1 } }, { a: null }, [{ op: "changed", path: "a", from: { b: 1 }, to: null }]],
  ["a list of plain values", { a: [1] }, { a: [2, 1] }, [{ op: "changed", path: "a", from: [1], to: [2, 1] }]],
  ["an item that goes", [{ a: 1 }, { a: 2 }], [{ a: 2 }], [{ op: "removed", path: "[0]", value: { a: 1 } }]],
  [
    "an item that comes before another",
    [{ a: 2 }],
    [{ a: 1 }, { a: 2 }],
    [{ op: "added", path: "[0]", value: { a: 1 } }],
  ],
  [
    "an item that is edited beside one that goes",
    [{ a: 1 }, { b: 1 }, { c: 1 }],
    [{ a: 2 }, { b: 1 }],
    [
      { op: "changed", path: "[0].a", from: 1, to: 2 },
      { op: "removed", path: "[2]", value: { c: 1 } },
    ],
  ],
  ["equal items in another number", [{ a: 1 }], [{ a: 1 }, { a: 1 }], [{ op: "added", path: "[1]", value: { a: 1 } }]],
])("%s is told as that", (_, before, after, changes) => {
  expect(diffValues(before, after)).toEqual(changes);
});

test.each([
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: undefined }, {}, true],
  [[1, 2], [1, 2, 3], false],
  [[1, 2, 3], [1, 2], false],
  [[1, [2]], [1, [2]], true],
  [[], {}, false],
  [{ 0: "a" }, ["a"], false],
  [null, {}, false],
  [null, null, true],
  ["1", 1, false],
])("%j and %j are the same: %s", (a, b, same) => {
  expect([isSame(a, b), isSame(b, a)]).toEqual([same, same]);
});
