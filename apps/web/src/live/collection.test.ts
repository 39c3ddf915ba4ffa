import type { KubeObject } from "@percale/resources/catalog";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEvents, type Collection, createRecent, type ObjectEvent } from "./collection.ts";

const object = (name: string, revision: number): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "Tier",
  metadata: { name, resourceVersion: String(revision) },
  spec: {},
});
const put = (name: string, revision: number): ObjectEvent => ({ t: "put", revision, object: object(name, revision) });
const remove = (name: string, revision: number): ObjectEvent => ({
  t: "delete",
  revision,
  ref: { kind: "Tier", name },
});
const names = (collection: Collection) =>
  collection.items.map((item) => `${item.metadata.name}@${item.metadata.resourceVersion}`).sort();

test("old news changes nothing, not even identity", () => {
  const before: Collection = { revision: 5, items: [object("a", 3)] };
  expect(applyEvents(before, [put("a", 2), remove("a", 5)])).toBe(before);
});

test("objects that did not change keep their identity", () => {
  const before: Collection = { revision: 5, items: [object("a", 3), object("b", 4)] };
  const after = applyEvents(before, [put("a", 6)]);
  expect(after.items[1]).toBe(before.items[1]);
  expect(names(after)).toEqual(["a@6", "b@4"]);
});

test("events in one batch or in many give the same collection, wherever the list was taken", () => {
  const step = fc.record({ name: fc.constantFrom("a", "b", "c"), gone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(), (steps, cut) => {
      const events = steps.map(({ name, gone }, index) => (gone ? remove(name, index + 1) : put(name, index + 1)));
      const empty: Collection = { revision: 0, items: [] };
      const whole = applyEvents(empty, events);
      const at = events.length === 0 ? 0 : cut % events.length;
      // A list taken at `at` that also gets every event again.
      const list = { ...applyEvents(empty, events.slice(0, at)), revision: at };
      expect(names(applyEvents(list, events))).toEqual(names(whole));
      const oneByOne = events.reduce((collection, event) => applyEvents(collection, [event]), empty);
      expect(names(oneByOne)).toEqual(names(whole));
    }),
  );
});

test("recent events are bounded and told apart by kind", () => {
  const recent = createRecent(2);
  for (let revision = 1; revision <= 9; revision += 1) recent.add([put("a", revision)]);
  expect(recent.of("Tier").length).toBeLessThanOrEqual(4);
  expect(recent.of("Tier").at(-1)?.revision).toBe(9);
  expect(recent.of("IPPool")).toEqual([]);
});
