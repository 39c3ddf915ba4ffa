import { API_VERSION, formatRef, type KubeObject } from "@percale/resources/catalog";
import { expect, test } from "vitest";
import { planOf } from "./plan.ts";

const tier = (name: string, spec: object, more: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind: "Tier",
  metadata: { name, ...more },
  spec,
});
const entry = (object: KubeObject) => ({ ref: { kind: "Tier", name: object.metadata.name }, object });
const stored = (...objects: readonly KubeObject[]) =>
  new Map<string, KubeObject | null>([
    ...objects.map((one) => [formatRef({ kind: "Tier", name: one.metadata.name }), one] as const),
    ["Tier/new", null],
  ]);

test("what is new is created, what is stored is updated as it was seen, and what says the same is told so", () => {
  const before = tier("a", { order: 1, defaultAction: "Deny" }, { uid: "u", resourceVersion: "7" });
  const same = tier("b", { order: 2, defaultAction: "Deny" }, { uid: "v", resourceVersion: "8" });
  const drafts = [tier("a", { order: 5 }), tier("b", { order: 2 }), tier("new", { order: 3 })];
  const prepared = drafts.map((one) => ({ ...one, spec: { defaultAction: "Deny", ...(one.spec as object) } }));
  const plan = planOf(drafts.map(entry), stored(before, same), prepared);
  expect(plan.map(({ ref, is, changes, change }) => [ref.name, is, changes.length, change.op])).toEqual([
    ["a", "changed", 1, "update"],
    ["b", "same", 0, "update"],
    ["new", "new", 1, "create"],
  ]);
  expect(plan[0]).toMatchObject({
    changes: [{ op: "changed", path: "spec.order", from: 1, to: 5 }],
    change: { object: { metadata: { name: "a", uid: "u", resourceVersion: "7" }, spec: { order: 5 } } },
  });
});

test("a field that the draft leaves out is removed, and is seen to be", () => {
  const before = tier("a", { order: 1, defaultAction: "Pass" });
  expect(planOf([entry(tier("a", { order: 1 }))], stored(before))[0]?.changes).toEqual([
    { op: "removed", path: "spec.defaultAction", value: "Pass" },
  ]);
});
