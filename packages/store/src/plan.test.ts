import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change } from "@percale/protocol";
import { namespaceObject, ObjectTable } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { Cache } from "./cache.ts";
import { Overlay, planChangeSet, planSteps } from "./plan.ts";

const kind = "GlobalNetworkSet";
const object = (name: string, spec: unknown): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name },
  spec,
});

interface Step {
  readonly op: Change["op"];
  readonly name: string;
  readonly spec: number;
}

/** The change a client who has read the newest state would send; undefined where it would send none. */
function changeFor(cache: Cache, { op, name, spec }: Step): Change | undefined {
  const old = cache.objects.get({ kind, name });
  if (op === "create") return old === undefined ? { op, object: object(name, { spec }) } : undefined;
  if (old === undefined) return undefined;
  return op === "update" ? { op, object: { ...old, spec: { spec } } } : { op, ref: { kind, name } };
}

function run(cache: Cache, changes: readonly Change[]): void {
  let uid = 0;
  const plan = planChangeSet(new Overlay(cache.objects), {
    changeSet: { author: "a", changes },
    revision: cache.revision,
    now: new Date(0),
    newUid: () => `uid-${uid++}`,
    random: () => 0.5,
  });
  cache.advance(plan.events);
}

const steps = fc.array(
  fc.record({
    op: fc.constantFrom("create" as const, "update" as const, "delete" as const),
    name: fc.constantFrom("a", "b", "c"),
    spec: fc.nat({ max: 2 }),
  }),
  { maxLength: 30 },
);

test("every earlier revision can be listed again from the window", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const cache = new Cache({ objects: [], revision: 0, windowSize: 100 });
      const listAtRevision = new Map([[0, [] as KubeObject[]]]);
      for (const step of all) {
        const change = changeFor(cache, step);
        if (change !== undefined) run(cache, [change]);
        listAtRevision.set(cache.revision, cache.objects.list(kind));
      }
      for (const [revision, list] of listAtRevision) expect(cache.listAt(kind, revision)).toEqual(list);
    }),
  );
});

test("the window forgets the oldest events and tears no change set", () => {
  const cache = new Cache({ objects: [], revision: 0, windowSize: 4 });
  const set = (from: number): Change[] =>
    Array.from({ length: 3 }, (_, i) => ({ op: "create", object: object(`n${from + i}`, {}) }));
  run(cache, set(0));
  run(cache, set(3));
  expect(cache.window.after(1, 1)).toBeUndefined();
  expect(cache.window.after(2, 2)?.map(({ revision }) => revision)).toEqual([3, 4, 5, 6]);
  expect(cache.window.after(6, 2)).toEqual([]);
});

test("a set is planned a change at a time, what follows from it too", () => {
  const input = {
    changeSet: {
      author: "a",
      changes: ["x", "y"].map((name) => ({
        op: "create" as const,
        object: { ...object(name, {}), kind: "NetworkSet", metadata: { name, namespace: "new" } },
      })),
    },
    revision: 0,
    now: new Date(0),
    newUid: () => "uid",
    random: () => 0.5,
  };
  const steps = planSteps(new Overlay(new ObjectTable()), input);
  let pauses = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) pauses++;
  expect(step.value).toEqual(planChangeSet(new Overlay(new ObjectTable()), input));
  expect(step.value.events.map((event) => `${event.object.kind}/${event.object.metadata.name}`)).toEqual([
    "NetworkSet/x",
    "NetworkSet/y",
    "Namespace/new",
    "Profile/kns.new",
  ]);
  expect(pauses).toBeGreaterThanOrEqual(step.value.events.length);
});

test.each([
  { name: "what it brings", changes: creations(40), words: /first 32 of 40 changes write more: split it/ },
  { name: "what it deletes, kept twice", changes: deletions(20), words: /first 16 of 20 changes write more: split it/ },
  {
    name: "what follows from it",
    changes: [{ op: "delete" as const, ref: { kind: "Namespace", name: "full" } }],
    words: /what follows from this one change is more/,
  },
])("a set is refused once it is too large: $name", ({ changes, words }) => {
  const stored = creations(20).map(({ object }) => object);
  const table = new ObjectTable();
  for (const { metadata, ...rest } of stored) {
    table.put({ ...rest, metadata: { name: `old-${metadata.name}` } });
    table.put({ ...rest, kind: "NetworkSet", metadata: { ...metadata, namespace: "full" } });
  }
  table.put(namespaceObject("full"));
  const input = {
    changeSet: { author: "a", changes },
    revision: 0,
    now: new Date(0),
    newUid: () => "u",
    random: () => 0.5,
  };
  let steps = 0;
  const plan = () => {
    for (const _ of planSteps(new Overlay(table), input)) steps++;
  };
  expect(plan).toThrow(expect.objectContaining({ code: 413, message: expect.stringMatching(words) }));
  expect(steps).toBeLessThan(60);
});

function creations(count: number): { readonly op: "create"; readonly object: KubeObject }[] {
  const note = "x".repeat(2 ** 20);
  return Array.from({ length: count }, (_, i) => ({ op: "create", object: object(`large-${i}`, { note }) }));
}

function deletions(count: number): Change[] {
  return Array.from({ length: count }, (_, i) => ({ op: "delete", ref: { kind, name: `old-large-${i}` } }));
}

const namespaces = ["a", "a-b", "b"];
const touched = fc.array(
  fc.record({
    namespace: fc.constantFrom(...namespaces),
    name: fc.constantFrom("x", "y", "z"),
    op: fc.constantFrom("put", "delete"),
    level: fc.nat({ max: 2 }),
  }),
  { maxLength: 40 },
);

test("overlays list what a table would hold after the same changes, in all and in each namespace", () => {
  fc.assert(
    fc.property(touched, (all) => {
      const [table, expected] = [new ObjectTable(), new ObjectTable()];
      const lower = new Overlay(table);
      const upper = new Overlay(lower);
      // Written bottom first, as a state is before the changes on top of it.
      for (const { namespace, name, op, level } of all.toSorted((a, b) => a.level - b.level)) {
        const on = [table, lower, upper][level]!;
        const made = { ...object(name, {}), metadata: { name, namespace } };
        for (const state of [on, expected]) if (op === "put") state.put(made);
        if (op === "delete") for (const state of [on, expected]) state.delete({ kind, namespace, name });
      }
      for (const namespace of [undefined, ...namespaces])
        expect(names(upper.list(kind, namespace))).toEqual(names(expected.list(kind, namespace)));
      expect(expected.list(kind, "a")).toEqual(
        expected.list(kind).filter(({ metadata }) => metadata.namespace === "a"),
      );
    }),
  );
});

function names(objects: Iterable<KubeObject>): string[] {
  return [...objects].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();
}

/** Creates an object by `generateName` where these names are taken, of numbers that are drawn one after another. */
function named(taken: readonly string[], draws: readonly number[]): string | undefined {
  const cache = new Cache({ objects: taken.map((name) => object(name, {})), revision: 0, windowSize: 1 });
  const left = draws.flatMap((draw) => Array.from({ length: 5 }, () => draw)); // characters of a suffix
  const made = planChangeSet(new Overlay(cache.objects), {
    changeSet: {
      author: "a",
      changes: [{ op: "create", object: { ...object("", {}), metadata: { name: "", generateName: "g-" } } }],
    },
    revision: 0,
    now: new Date(0),
    newUid: () => "uid",
    random: () => left.shift()!,
  });
  return made.result.objects[0]?.metadata.name;
}

test("a name that is made up and taken is made up anew, eight times at most", () => {
  const [low, high] = [named([], [0])!, named([], [0.99])!];
  expect(low).not.toBe(high);
  expect(named([low], [...Array<number>(7).fill(0), 0.99])).toBe(high);
  expect(() => named([low], [...Array<number>(8).fill(0), 0.99])).toThrow(
    expect.objectContaining({ reason: "AlreadyExists" }),
  );
});
