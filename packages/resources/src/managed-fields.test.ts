import { expect, test } from "vitest";
import { fromStored, ManagedFields, storedForm } from "./index.ts";
import type { KubeObject } from "./index.ts";

const entries = [
  { manager: "kubectl", operation: "Update" as const },
  { manager: "ci", operation: "Apply" as const, time: "2026-01-01T00:00:00Z", fields: '{"f:spec":{"f:order":{}}}' },
];
const owned: KubeObject = {
  apiVersion: "projectcalico.org/v3",
  kind: "Tier",
  metadata: { name: "t", managedFields: ManagedFields.of(entries)! },
  spec: { order: 1 },
};

test("wherever an object is written as JSON its owners are not in it", () => {
  expect(JSON.parse(JSON.stringify([owned]))).toEqual([{ ...owned, metadata: { name: "t" } }]);
  expect(JSON.stringify({ ...owned, metadata: { ...owned.metadata, labels: {} } })).not.toContain("managedFields");
});

test("the server writes them down for itself, and reads the same", () => {
  const again = fromStored(JSON.parse(JSON.stringify(storedForm(owned))) as ReturnType<typeof storedForm>);
  expect(again.metadata.managedFields?.entries).toEqual(entries);
  expect({ ...again, metadata: { name: "t" } }).toEqual({ ...owned, metadata: { name: "t" } });
  expect(Object.keys(again)).toEqual(["apiVersion", "kind", "metadata", "spec"]);
});

test("nobody's object has none, before and after", () => {
  const { managedFields: _, ...metadata } = owned.metadata;
  const free = { ...owned, metadata };
  expect(storedForm(free)).toEqual(free);
  expect(fromStored(storedForm(free))).toEqual(free);
  expect(ManagedFields.of([])).toBeUndefined();
});

test("objects that were made alike share one", () => {
  const sole = [{ manager: "kubectl", operation: "Update" as const }];
  expect(ManagedFields.of(sole)).toBe(ManagedFields.of([...sole]));
  expect(ManagedFields.of(entries)).not.toBe(ManagedFields.of(entries)); // each was changed at a time of its own
});
