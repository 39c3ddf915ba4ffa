import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines, diffValues, foldSame } from "./diff.ts";

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
