import { encodeObject, formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";
import { expect, test } from "vitest";
import { roundOf } from "./round.ts";
import type { ObjectChange } from "./steps.ts";
import { viewOf } from "./view.ts";

const view = viewOf({ type: "agent", scope: "node" }, 2);
const object = (kind: string, name: string, spec: object, more: object = {}): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name, resourceVersion: "", ...more },
  spec,
});

const node = fc.constantFrom("n1", "n2");
const anObject = fc.oneof(
  fc
    .tuple(node, fc.nat(1), fc.nat(1))
    .map(([node, turn, mac]) =>
      object("WorkloadEndpoint", "w", { node, mac }, { namespace: "red", labels: { turn: `${turn}` } }),
    ),
  fc
    .tuple(node, fc.nat(1))
    .map(([node, used]) => object("IPAMBlock", "b", { cidr: "c", affinity: `host:${node}`, used })),
  node.map((node) => object("BlockAffinity", "a", { node })),
  fc.nat(1).map((order) => object("Tier", "t", { order })),
  fc.constant(object("ClusterInformation", "default", {})),
);
const event = fc
  .tuple(anObject, fc.integer({ min: 0, max: 3 }))
  .map(([object, dice]) => ({ object, isDelete: dice === 0 }));

type State = ReadonlyMap<string, KubeObject>;

/** What a node holds that was told everything there is. */
function seenBy(node: string, state: State): Map<string, string> {
  const seen = new Map<string, string>();
  for (const [key, object] of state) {
    const kind = view.kind(object.kind);
    const text = kind?.nodeOf(object) === node ? encodeObject(object) : kind?.shared(object);
    if (text !== undefined) seen.set(key, text);
  }
  return seen;
}

test("whatever a node held within a step, the step's round brings it to the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 12 }),
      fc.nat(),
      fc.nat(),
      node,
      async (events, fromSeed, heldSeed, node) => {
        const states: State[] = [new Map()];
        for (const [index, { object, isDelete }] of events.entries()) {
          const next = new Map(states.at(-1));
          const metadata = { ...object.metadata, resourceVersion: String(index) };
          if (isDelete) next.delete(formatRef(refOf(object)));
          else next.set(formatRef(refOf(object)), { ...object, metadata });
          states.push(next);
        }
        const from = fromSeed % events.length;
        const at = from + (heldSeed % (states.length - from));
        const changed = new Map(events.slice(from).map(({ object }) => [formatRef(refOf(object)), refOf(object)]));
        const changes = [...changed].map(([key, ref]): ObjectChange => {
          const [first, ...rest] = states.slice(from).map((state) => state.get(key));
          return { ref, states: [first, ...rest] };
        });
        const { shared, byNode } = await roundOf({ fromRev: from, toRev: events.length, changes }, view);
        const held = seenBy(node, states[at]!);
        const told = new Set<string>();
        for (const { puts, deletes } of [byNode.get(node) ?? { puts: [], deletes: [] }, shared]) {
          for (const text of puts) {
            const key = formatRef(refOf(JSON.parse(text) as KubeObject));
            if (!told.has(key)) held.set(key, text);
            told.add(key);
          }
          for (const ref of deletes) if (!told.has(formatRef(ref))) held.delete(formatRef(ref));
        }
        expect(held).toEqual(seenBy(node, states.at(-1)!));
      },
    ),
    { numRuns: 2_000 },
  );
});

test("what changes nothing that anybody reads is told to nobody but its own node", async () => {
  const block = (used: number) => object("IPAMBlock", "b", { cidr: "10.0.0.0/26", affinity: "host:n1", used });
  const [before, after] = [block(1), block(2)];
  const changes = [{ ref: refOf(after), states: [before, after] as const }];
  expect(await roundOf({ fromRev: 1, toRev: 2, changes }, view)).toEqual({
    toRev: 2,
    shared: { puts: [], deletes: [] },
    byNode: new Map([["n1", { puts: [encodeObject(after)], deletes: [] }]]),
  });
});

test.each([
  ["IPAMBlock", { affinity: "host:n1" }, "n1"],
  ["IPAMBlock", { affinity: "virtual:load-balancer" }, undefined],
  ["IPAMBlock", { affinity: 7 }, undefined],
  ["IPAMBlock", {}, undefined],
  ["WorkloadEndpoint", { node: "n1" }, "n1"],
  ["Tier", { node: "n1" }, undefined],
])("a %s with %j is %j's own", (kind, spec, node) => {
  expect(view.kind(kind)!.nodeOf(object(kind, "b", spec))).toBe(node);
});

test("a digest is of one type, scope, level and node", () => {
  const digests = [
    viewOf({ type: "agent", scope: "node" }, 2).digest("n1"),
    viewOf({ type: "agent", scope: "node" }, 2).digest("n2"),
    viewOf({ type: "agent", scope: "cluster" }, 2).digest("n1"),
    viewOf({ type: "bgp", scope: "node" }, 2).digest("n1"),
    viewOf({ type: "all", scope: "cluster" }, 2).digest("n1"),
    viewOf({ type: "agent", scope: "node" }, 1).digest("n1"),
    viewOf({ type: "agent", scope: "node" }, 1, "n1").digest("n1"),
    viewOf({ type: "agent", scope: "node" }, 1, "n2").digest("n2"),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  expect(viewOf({ type: "agent", scope: "node" }, 2).digest("n1")).toBe(digests[0]);
});
