import { expect, test } from "vitest";
import { strategicMergePatch } from "./strategic-patch.ts";

const finalizers = ["a", "b"];
const merge = { type: "array", "x-kubernetes-patch-strategy": "merge" };
const SCHEMA = {
  properties: {
    nets: { type: "array" },
    finalizers: merge,
    ownerReferences: { ...merge, "x-kubernetes-patch-merge-key": "uid" },
    ports: { ...merge, "x-kubernetes-patch-merge-key": "port" },
  },
};

test.each<[name: string, target: unknown, patch: unknown, expected: unknown]>([
  ["fields merge, null deletes", { a: 1, b: { c: 1, d: 2 } }, { b: { c: null, e: 3 } }, { a: 1, b: { d: 2, e: 3 } }],
  ["a list without a strategy is replaced", { nets: [1, 2] }, { nets: [3] }, { nets: [3] }],
  ["finalizers are added", { finalizers }, { finalizers: ["b", "c"] }, { finalizers: ["a", "b", "c"] }],
  ["and taken away by name", { finalizers }, { "$deleteFromPrimitiveList/finalizers": ["a"] }, { finalizers: ["b"] }],
  ["an order is no change", { finalizers }, { "$setElementOrder/finalizers": ["b", "a"] }, { finalizers }],
  [
    "owners are known by uid",
    { ownerReferences: [{ uid: "1", name: "x" }, { uid: "2" }] },
    { ownerReferences: [{ uid: "1", name: "y" }, { uid: "2", $patch: "delete" }, { uid: "3" }] },
    { ownerReferences: [{ uid: "1", name: "y" }, { uid: "3" }] },
  ],
  ["an object can be replaced", { a: { b: 1 } }, { a: { $patch: "replace", c: 2 } }, { a: { c: 2 } }],
  [
    "items of a list with a merge key are merged by it, new ones stand last",
    { ports: [{ port: 80, name: "a" }, { port: 81 }] },
    { ports: [{ port: 82 }, { port: 80, name: "b" }] },
    { ports: [{ port: 80, name: "b" }, { port: 81 }, { port: 82 }] },
  ],
  [
    "such a list can be replaced",
    { ports: [{ port: 80 }, { port: 81 }] },
    { ports: [{ port: 82 }, { $patch: "replace" }] },
    { ports: [{ port: 82 }] },
  ],
  ["a field can be deleted by a directive", { a: { b: 1 }, c: 2 }, { a: { $patch: "delete" } }, { c: 2 }],
  ["keys that are not retained go", { a: 1, b: 2 }, { $retainKeys: ["b"], b: 3 }, { b: 3 }],
])("%s", (_, target, patch, expected) => {
  expect(strategicMergePatch(target, patch, SCHEMA)).toEqual(expected);
});

test.each([{ $patch: "append" }, { "$unknown/finalizers": [] }, { $retainKeys: 1 }])("%j is refused", (patch) => {
  expect(() => strategicMergePatch({}, patch)).toThrow(expect.objectContaining({ code: 400 }));
});

test("no key reaches a prototype", () => {
  strategicMergePatch({}, JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'));
  expect({}).not.toHaveProperty("polluted");
});
