import type { KubeObject } from "@percale/resources/catalog";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEvents, type Collection, createRecent, type ObjectEvent, oneAfter, type Single } from "./collection.ts";

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

test("one object follows the events of its name alone, and old news changes nothing", () => {
  const ref = { kind: "Tier", name: "a" };
  const before: Single = { revision: 5, object: object("a", 5) };
  expect(oneAfter(before, ref, [put("a", 4), remove("a", 5), put("b", 9)])).toBe(before);
  expect(oneAfter(before, ref, [put("a", 6), put("a", 7), put("b", 9)])).toEqual({
    revision: 7,
    object: object("a", 7),
  });
  expect(oneAfter(before, ref, [put("a", 6), remove("a", 8)])).toEqual({ revision: 8, object: undefined });
});

test("an object that was not there when it was asked for is there once an event says so that came since", () => {
  const recent = createRecent();
  expect(recent.revision()).toBe(0);
  recent.add([put("a", 3), remove("a", 4)]);
  const asked: Single = { revision: recent.revision(), object: undefined };
  recent.add([put("a", 6)]);
  expect(oneAfter(asked, { kind: "Tier", name: "a" }, recent.of("Tier"))).toEqual({
    revision: 6,
    object: object("a", 6),
  });
});

test("one object is what the list of its kind says of it, whatever came", () => {
  const step = fc.record({ name: fc.constantFrom("a", "b"), gone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(), (steps, from) => {
      const events = steps.map(({ name, gone }, index) => (gone ? remove(name, index + 1) : put(name, index + 1)));
      const cut = from % (events.length + 1);
      const list = applyEvents({ revision: 0, items: [] }, events.slice(0, cut));
      const one = (items: Collection["items"]) => items.find((item) => item.metadata.name === "a");
      const single = oneAfter({ revision: cut, object: one(list.items) }, { kind: "Tier", name: "a" }, events);
      expect(single.object).toEqual(one(applyEvents(list, events).items));
    }),
  );
});
