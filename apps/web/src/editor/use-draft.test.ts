import fc from "fast-check";
import { expect, test } from "vitest";
import { readYaml } from "./document.ts";
import { placeComplaints, rebase, valueAt } from "./use-draft.ts";

const tier = (spec: unknown, labels?: Readonly<Record<string, string>>) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "Tier",
  metadata: { name: "t", ...(labels && { labels }) },
  spec,
});
const stored = ({ metadata, ...object }: ReturnType<typeof tier>) => ({
  ...object,
  metadata: { ...metadata, uid: "u" },
});
const rules = (...actions: readonly string[]) => actions.map((action) => ({ action }));

/** What becomes of my spec when theirs was stored meanwhile. */
function merged(base: unknown, mine: unknown, theirs: unknown, taken: ReadonlySet<string> = new Set()) {
  return rebase({ mine: tier(mine), base: stored(tier(base)), theirs: stored(tier(theirs)), taken });
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
    clashes: [
      { field: "spec.a", mine: 2, theirs: 3 },
      { field: "spec.r", mine: rules("Deny", "Pass"), theirs: rules("Log") },
    ],
  });
});

test("a field that both changed is theirs where that is chosen, and still named", () => {
  expect(merged({ a: 1, b: 1 }, { a: 2, b: 2 }, { a: 3, b: 1 }, new Set(["spec.a"]))).toEqual({
    text: text("  a: 3\n  b: 2\n"),
    clashes: [{ field: "spec.a", mine: 2, theirs: 3 }],
  });
});

test("a label is one field, whatever its key holds, and whoever changed it", () => {
  const key = "app.kubernetes.io/name";
  const labelled = (labels: Readonly<Record<string, string>>) => tier({}, labels);
  const both = rebase({
    mine: labelled({ [key]: "mine", role: "mine", 1: "one" }),
    base: stored(labelled({ [key]: "x", role: "x" })),
    theirs: stored(labelled({ [key]: "x", role: "theirs", more: "y" })),
  });
  expect(both.clashes).toEqual([{ field: "metadata.labels.role", mine: "mine", theirs: "theirs" }]);
  expect(readYaml(both.text).value).toEqual(labelled({ [key]: "mine", role: "mine", more: "y", 1: "one" }));
});

test("what both did alike is no clash, nor is a field whose name begins like another's", () => {
  expect(merged({ log: 1, a: 1 }, { log: 2, a: 2 }, { log: 1, logLevel: 3, a: 2 })).toEqual({
    text: text("  log: 2\n  logLevel: 3\n  a: 2\n"),
    clashes: [],
  });
});

test.each<[what: string, mine: unknown, theirs: unknown, clash: { readonly mine: unknown; readonly theirs: unknown }]>([
  ["took away", { a: { b: 2, c: 1 } }, {}, { mine: { b: 2, c: 1 }, theirs: undefined }],
  ["made something else of", { a: { c: 1 } }, { a: 7 }, { mine: { c: 1 }, theirs: 7 }],
  ["changed within, while I took it away", {}, { a: { b: 3, c: 3 } }, { mine: undefined, theirs: { b: 3, c: 3 } }],
])("a map that they %s is one field to choose", (_, mine, theirs, clash) => {
  const base = { a: { b: 1, c: 1 } };
  const both = merged(base, mine, theirs);
  expect(both.clashes).toEqual([{ field: "spec.a", ...clash }]);
  expect(readYaml(both.text).value).toEqual(tier(mine));
  expect(readYaml(merged(base, mine, theirs, new Set(["spec.a"])).text).value).toEqual(tier(theirs));
});

test("who changed something alone has it after the merge, and nothing else changes", () => {
  const value = fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom("x", "y.z", "1"), fc.integer(), { minKeys: 1 }));
  const spec = fc.dictionary(fc.constantFrom("a", "a.b", "c"), value);
  fc.assert(
    fc.property(spec, spec, spec, (base, mine, theirs) => {
      expect(readYaml(merged(base, base, theirs).text).value).toEqual(tier(theirs));
      expect(readYaml(merged(base, mine, base).text).value).toEqual(tier(mine));
      const { clashes } = merged(base, mine, theirs);
      const taken = new Set(clashes.map(({ field }) => field));
      expect(merged(base, mine, theirs, taken).clashes).toEqual(clashes);
    }),
  );
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
