import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeUpdate } from "../model.ts";
import { UpdateError, applyUpdates } from "./promises.ts";
import { emptyState, take, wholeOf } from "./state.ts";
import type { NodeState } from "./state.ts";

const set = (id: string, ...members: string[]): NodeUpdate => ({ t: "set", id, kind: "net", members });
const delta = (id: string, added: string[], removed: string[]): NodeUpdate => ({ t: "setDelta", id, added, removed });

describe("what an update changed", () => {
  test("of a set are the members that were not there, or were, and nothing else", () => {
    const state = emptyState();
    take(state, set("s", "a", "b"));
    expect(take(state, delta("s", ["b", "c"], ["x", "a"]))).toEqual({
      t: "members",
      id: "s",
      added: ["c"],
      removed: ["a"],
    });
    expect(take(state, delta("s", ["b"], ["x"]))).toBeUndefined();
    expect([...state.sets.get("s")!.members].sort()).toEqual(["b", "c"]);
  });

  test("is told with what was there before, which stays as it was", () => {
    const state = emptyState();
    take(state, set("s", "a"));
    const change = take(state, set("s", "b"));
    if (change?.t !== "set") throw new Error("no change of a set");
    expect([change.before, change.now].map((one) => one?.members.list())).toEqual([["a"], ["b"]]);
  });

  test("is nothing where the settings are the same, or a set is not there", () => {
    const state = emptyState();
    expect(take(state, { t: "config", config: { ...state.config } })).toBeUndefined();
    expect(take(state, delta("s", ["a"], []))).toBeUndefined();
    expect(take(state, { t: "setRemoved", id: "s" })).toBeUndefined();
  });

  test("in any order of changes members are those of a plain set", () => {
    const member = fc.constantFrom("a", "b", "c", "d");
    const change = fc.record({ added: fc.uniqueArray(member), removed: fc.uniqueArray(member) });
    fc.assert(
      fc.property(fc.uniqueArray(member), fc.array(change), (first, changes) => {
        const state = emptyState();
        take(state, set("s", ...first));
        const plain = new Set(first);
        for (const { added, removed } of changes) {
          take(state, delta("s", added, removed));
          for (const one of removed) plain.delete(one);
          for (const one of added) plain.add(one);
        }
        const { members } = state.sets.get("s")!;
        expect(new Set(members)).toEqual(plain);
        expect([members.size, members.list().length, members.has("a")]).toEqual([
          plain.size,
          plain.size,
          plain.has("a"),
        ]);
        expect(first).toEqual([...first]); // the sender's list is the sender's
      }),
    );
  });
});

test("who comes late hears of the whole state as changes of nothing", () => {
  const state = emptyState();
  const updates: NodeUpdate[] = [
    set("s", "a"),
    { t: "profile", profile: { name: "p", ingress: [], egress: [] } },
    { t: "pool", pool: { cidr: "10.0.0.0/8", natOutgoing: true, loadBalancerOnly: false } },
    { t: "hosts", addresses: ["192.0.2.1"] },
  ];
  const told = updates.map((update) => take(state, update));
  expect([...wholeOf(state)]).toEqual(told);
});

test.each<{ name: string; before: NodeUpdate[]; batch: NodeUpdate[]; message: string }>([
  {
    name: "a member that is not there is removed",
    before: [set("s")],
    batch: [delta("s", [], ["a"])],
    message: "a is not in s",
  },
  {
    name: "a member comes again",
    before: [set("s", "a")],
    batch: [delta("s", ["a"], [])],
    message: "a is in s already",
  },
  {
    name: "a member comes twice",
    before: [set("s")],
    batch: [delta("s", ["a", "a"], [])],
    message: "s is given a member twice",
  },
  {
    name: "an unknown set changes",
    before: [],
    batch: [delta("s", ["a"], [])],
    message: "a change of set s, which is not there",
  },
  {
    name: "something is removed twice",
    before: [],
    batch: [{ t: "poolRemoved", cidr: "x" }],
    message: "x is removed, but it is not there",
  },
  {
    name: "a set goes that a rule names",
    before: [
      set("s"),
      {
        t: "profile",
        profile: { name: "p", ingress: [{ action: "allow", source: { sets: ["s"] }, destination: {} }], egress: [] },
      },
    ],
    batch: [{ t: "setRemoved", id: "s" }],
    message: "a rule names set s, which is gone",
  },
])("a strict reader refuses a batch where $name", ({ before, batch, message }) => {
  const state: NodeState = emptyState();
  applyUpdates(state, before);
  expect(() => applyUpdates(state, batch)).toThrow(new UpdateError(message));
});
