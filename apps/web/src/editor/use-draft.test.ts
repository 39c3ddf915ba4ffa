import { expect, test } from "vitest";
import { diffValues } from "./diff.ts";
import { placeComplaints, rebase, valueAt } from "./use-draft.ts";

const tier = (spec: object) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "Tier",
  metadata: { name: "t", uid: "u" },
  spec,
});
const rules = (...actions: readonly string[]) => actions.map((action) => ({ action }));

/** What becomes of my spec when theirs was stored meanwhile. */
function merged(base: object, mine: object, theirs: object, taken: ReadonlySet<string> = new Set()) {
  const changes = diffValues({ spec: base }, { spec: mine });
  return rebase({ changes, mine: { spec: mine }, base: tier(base), theirs: tier(theirs), taken });
}
const text = (spec: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: t\nspec:\n${spec}`;

test("my changes are made again on what they stored, and theirs stay", () => {
  expect(merged({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3 })).toEqual({
    text: text("  a: 2\n  b: 3\n"),
    clashes: [],
  });
  expect(merged({ a: 1, b: 1 }, { b: 1 }, { a: 1, b: 3 })).toEqual({ text: text("  b: 3\n"), clashes: [] });
});

test("a field that both changed is mine, and is named once", () => {
  const both = merged({ a: 1, r: rules("Allow") }, { a: 2, r: rules("Deny", "Pass") }, { a: 3, r: rules("Log") });
  expect(both).toEqual({
    text: text("  a: 2\n  r:\n  - action: Deny\n  - action: Pass\n"),
    clashes: ["spec.a", "spec.r"],
  });
});

test("a field that both changed is theirs where that is chosen, and still named", () => {
  expect(merged({ a: 1, b: 1 }, { a: 2, b: 2 }, { a: 3, b: 1 }, new Set(["spec.a"]))).toEqual({
    text: text("  a: 3\n  b: 2\n"),
    clashes: ["spec.a"],
  });
});

test("complaints stand where their field is, and say which it is", () => {
  const yaml = "spec:\n  order: high\n";
  expect(
    placeComplaints(yaml, [
      { field: "spec.order", message: "must be a number", severity: "error" },
      { field: "", message: "no answer", severity: "warning" },
    ]),
  ).toEqual([
    { from: 15, to: 19, message: "spec.order: must be a number", severity: "error", field: "spec.order" },
    { from: 0, to: 5, message: "no answer", severity: "warning", field: "" },
  ]);
});

test("the value at a path, or none on the way there", () => {
  const value = { a: [{ b: 1 }] };
  expect([valueAt(value, ["a", 0, "b"]), valueAt(value, ["x", 0, "b"]), valueAt(value, [])]).toEqual([
    1,
    undefined,
    value,
  ]);
});
