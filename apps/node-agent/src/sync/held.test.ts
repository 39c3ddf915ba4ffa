import fc from "fast-check";
import { formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { ServerMessage } from "@percale/protocol";
import { expect, test } from "vitest";
import { HeldObjects } from "./held.ts";
import type { SyncStep } from "./held.ts";

const object = (name: string, kind = "GlobalNetworkSet"): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name },
  spec: {},
});
const welcome = (mode: "snapshot" | "resume"): ServerMessage => ({
  t: "welcome",
  server: "s",
  build: "",
  schemaLevel: 1,
  epoch: "e",
  head: 0,
  mode,
  encoding: "json",
  scopeDigest: "d",
  pingIntervalMs: 1,
});

function snapshot(held: HeldObjects, objects: readonly KubeObject[], revision: number): SyncStep {
  held.receive(welcome("snapshot"));
  held.receive({ t: "snapshotBegin", revision, objects: objects.length });
  held.receive({ t: "put", objects });
  return held.receive({ t: "snapshotEnd", revision });
}

const delta = (
  fromRev: number,
  toRev: number,
  more?: Partial<Extract<ServerMessage, { t: "delta" }>>,
): ServerMessage => ({
  t: "delta",
  fromRev,
  toRev,
  puts: [],
  deletes: [],
  ...more,
});

test("what a second snapshot lacks goes at its end, in one step", () => {
  const held = new HeldObjects();
  snapshot(held, [object("a"), object("b")], 5);
  expect(snapshot(held, [object("b"), object("c")], 9)).toMatchObject({
    t: "step",
    deletes: [{ kind: "GlobalNetworkSet", name: "a" }],
    revision: 9,
    complete: true,
  });
  expect([...held.objects.keys()]).toEqual(["GlobalNetworkSet/b", "GlobalNetworkSet/c"]);
});

test("a delta that does not follow is a fault", () => {
  const held = new HeldObjects();
  snapshot(held, [], 5);
  expect(held.receive(delta(6, 7))).toMatchObject({ t: "fault" });
  expect(held.receive(delta(5, 7))).toMatchObject({ t: "step", revision: 7 });
});

test("a delta may begin before what is held, but never ends before it", () => {
  const held = new HeldObjects();
  snapshot(held, [], 5);
  expect(held.receive(delta(2, 4))).toEqual({ t: "fault", text: "delta to 4 goes back behind 5" });
  expect(held.receive(delta(2, 7))).toMatchObject({ t: "step", revision: 7 });
});

test("what was said first of an object holds, in a snapshot and in a transaction", () => {
  const whole = { ...object("a"), metadata: { name: "a", resourceVersion: "3" } };
  const held = new HeldObjects();
  held.receive(welcome("snapshot"));
  held.receive({ t: "snapshotBegin", revision: 5, objects: 3 });
  held.receive({ t: "put", objects: [whole] });
  expect(held.receive({ t: "put", objects: [object("a"), object("b")] })).toEqual({
    t: "loading",
    puts: [object("b")],
  });
  held.receive({ t: "snapshotEnd", revision: 5 });
  expect([...held.objects.values()]).toEqual([whole, object("b")]);
  held.receive(delta(5, 6, { puts: [{ ...whole, spec: 1 }], deletes: [refOf(object("b"))], more: true }));
  expect(held.receive(delta(5, 6, { puts: [object("a"), object("b")] }))).toMatchObject({
    puts: [{ ...whole, spec: 1 }],
    deletes: [refOf(object("b"))],
  });
});

test("a bookmark is a step that changes nothing but where it stands", () => {
  const held = new HeldObjects();
  snapshot(held, [object("a")], 5);
  expect(held.receive({ t: "bookmark", revision: 5 })).toEqual({ t: "none" });
  expect(held.receive({ t: "bookmark", revision: 9 })).toMatchObject({ t: "step", puts: [], deletes: [], revision: 9 });
  expect(held.resume).toMatchObject({ revision: 9 });
});

test("parts of a transaction are applied together, at the last one", () => {
  const held = new HeldObjects();
  snapshot(held, [], 5);
  expect(held.receive(delta(5, 8, { puts: [object("a")], more: true }))).toEqual({ t: "none" });
  expect(held.objects.size).toBe(0);
  const step = held.receive(delta(5, 8, { puts: [object("b")] }));
  expect(step).toMatchObject({ t: "step", revision: 8, puts: [object("a"), object("b")] });
});

test("it resumes after whole steps only", () => {
  const held = new HeldObjects();
  expect(held.resume).toBeUndefined();
  snapshot(held, [], 5);
  held.receive(delta(5, 6, { puts: [object("a")], more: true }));
  held.disconnected();
  expect(held.resume).toEqual({ epoch: "e", revision: 5, scopeDigest: "d" });
  held.receive(welcome("snapshot"));
  held.receive({ t: "snapshotBegin", revision: 9, objects: 1 });
  held.disconnected();
  expect(held.resume).toBeUndefined();
});

const many = Array.from({ length: 300 }, (_, i) => object(`p${i}`, "GlobalNetworkPolicy"));

test("a welcome to another log or scope is believed only once its snapshot is whole: until then nothing is resumed", () => {
  const held = new HeldObjects();
  snapshot(held, [object("a")], 5);
  expect(held.resume).toEqual({ epoch: "e", revision: 5, scopeDigest: "d" });
  held.receive({ ...welcome("snapshot"), epoch: "f", scopeDigest: "g" } as ServerMessage);
  held.disconnected(); // no place for a snapshot just then
  expect(held.resume).toBeUndefined();
  held.receive({ ...welcome("snapshot"), epoch: "f", scopeDigest: "g" } as ServerMessage);
  held.receive({ t: "snapshotBegin", revision: 2, objects: 0 });
  held.receive({ t: "snapshotEnd", revision: 2 });
  expect(held.resume).toEqual({ epoch: "f", revision: 2, scopeDigest: "g" });
});

test("what was held back is not released in the middle of a newer snapshot", () => {
  const held = new HeldObjects();
  const many = Array.from({ length: 150 }, (_, i) => object(`p${i}`, "GlobalNetworkPolicy"));
  snapshot(held, many, 5);
  expect(snapshot(held, [], 6)).toMatchObject({ t: "step", heldBack: 150 });
  held.receive(welcome("snapshot"));
  held.receive({ t: "snapshotBegin", revision: 7, objects: 150 });
  expect(held.releaseHeld()).toEqual([]);
});

test("a snapshot that lacks most of the policies is not believed at once", () => {
  const held = new HeldObjects();
  snapshot(held, many, 5);
  expect(snapshot(held, many.slice(0, 10), 6)).toMatchObject({ t: "step", deletes: [], heldBack: 290 });
  expect(held.objects.size).toBe(300);
  held.receive(delta(6, 7, { puts: [many[20]!] })); // alive after all
  expect(held.releaseHeld().length).toBe(289);
  expect(held.objects.size).toBe(11);
});

test("a second snapshot that lacks the same is believed", () => {
  const held = new HeldObjects();
  snapshot(held, many, 5);
  snapshot(held, many.slice(0, 10), 6);
  expect(snapshot(held, many.slice(0, 10), 7)).toMatchObject({ heldBack: 0 });
  expect(held.objects.size).toBe(10);
});

const names = fc.constantFrom("a", "b", "c", "d");
const event = fc.oneof(
  fc.record({ t: fc.constant("change" as const), puts: fc.uniqueArray(names), deletes: fc.uniqueArray(names) }),
  fc.constant({ t: "snapshot" as const }),
  fc.constant({ t: "cut" as const }),
);

test("whatever comes when, the objects held are those of the server at that revision", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const server = new Map<string, KubeObject>();
      const held = new HeldObjects();
      const followed = new Set<string>();
      const follow = (step: SyncStep): void => {
        if (step.t !== "step" && step.t !== "loading") return;
        for (const put of step.puts) followed.add(formatRef({ kind: put.kind, name: put.metadata.name }));
        if (step.t === "step") for (const ref of step.deletes) followed.delete(formatRef(ref));
      };
      let revision = 1;
      const resync = (): void => {
        held.receive(welcome("snapshot"));
        follow(held.receive({ t: "snapshotBegin", revision, objects: server.size }));
        follow(held.receive({ t: "put", objects: [...server.values()] }));
        follow(held.receive({ t: "snapshotEnd", revision }));
      };
      resync();
      for (const one of events) {
        if (one.t === "snapshot") resync();
        else if (one.t === "cut") {
          held.disconnected();
          if (held.resume === undefined) resync();
        } else {
          const from = revision++;
          const deletes = one.deletes.filter((name) => !one.puts.includes(name));
          for (const name of one.puts) server.set(name, object(name));
          for (const name of deletes) server.delete(name);
          const refs = deletes.map((name) => ({ kind: "GlobalNetworkSet", name }));
          follow(held.receive(delta(from, revision, { puts: one.puts.map((name) => object(name)), deletes: refs })));
        }
        const expected = [...server.keys()].map((name) => `GlobalNetworkSet/${name}`).sort();
        expect([...held.objects.keys()].sort()).toEqual(expected);
        expect([...followed].sort()).toEqual(expected);
        expect(held.revision).toBe(revision);
      }
    }),
  );
});
