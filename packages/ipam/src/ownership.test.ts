import fc from "fast-check";
import { API_VERSION, formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import { autoAssign, isHeldBy, nodeWriteFault, releaseHandle } from "./index.ts";
import type { IPAMBlock, IPAMBlockSpec, IpamChange, IPAMHandle } from "./index.ts";
import { Books, pool, testHashes } from "./testdata/books.ts";

/** The first fault of a change set that a node wants to write, as it is judged inside the commit. */
function faultOf(books: Books, node: string, changes: readonly IpamChange[]): string | undefined {
  let first: string | undefined;
  books.rehearse(changes, ({ operation, object, old, lookup }) => {
    const written = operation === "delete" ? undefined : object;
    const fault = nodeWriteFault({ node, object: written, old, lookup, nowMs: books.nowMs, hashes: testHashes });
    if (fault !== undefined) first ??= `${operation} ${formatRef(refOf(object))}: ${fault}`;
  });
  return first;
}

const step = fc.record({
  node: fc.integer({ min: 0, max: 2 }),
  take: fc.boolean(),
  passMs: fc.constantFrom(0, 1_000, 20_000, 100_000),
});

test("a node may write what it plans, and nobody else may", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(28, 29, 30, 32),
      fc.constantFrom(0, 30),
      fc.constantFrom(undefined, `name != "node-2"`),
      (steps, blockSize, ipCooldownSeconds, selector) => {
        const pools = [pool("pool", { cidr: "10.0.0.0/28", blockSize })];
        const store = new Books(pools, ["node-0", "node-1", "node-2"]);
        store.config = { ...store.config, ipCooldownSeconds };
        const held: string[][] = [[], [], []];
        for (const [i, { node: index, take, passMs }] of steps.entries()) {
          store.nowMs += passMs;
          // Half way through the pool stops selecting one of them, whose blocks drift.
          if (i === Math.floor(steps.length / 2))
            store.put(pool("pool", { cidr: "10.0.0.0/28", blockSize, nodeSelector: selector ?? "" }));
          const node = `node-${index}`;
          const handle = take ? `h${i}` : held[index]!.shift();
          if (handle === undefined) continue;
          const outcome = take
            ? autoAssign(
                store.read(),
                { node, handle, attributes: { node }, use: "Workload", count4: 1, count6: 0 },
                testHashes,
              )
            : releaseHandle(store.read(), handle, testHashes);
          if (!("changes" in outcome)) continue;
          expect(faultOf(store, node, outcome.changes)).toBeUndefined();
          expect(faultOf(store, `node-${(index + 1) % 3}`, outcome.changes)).toBeDefined();
          expect(store.apply(outcome.changes)).toBe(true);
          if (take) held[index]!.push(handle);
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

/** node-1 owns 10.0.0.0/30 and has an address in it, node-2 borrowed another. */
function borrowed(): { store: Books; block: IPAMBlock } {
  const store = new Books([pool("pool", { cidr: "10.0.0.0/30", blockSize: 30 })], ["node-1", "node-2"]);
  for (const node of ["node-1", "node-2"]) {
    const request = {
      node,
      handle: `of-${node}`,
      attributes: { node },
      use: "Workload",
      count4: 1,
      count6: 0,
    } as const;
    const outcome = autoAssign(store.read(), request, testHashes);
    if (outcome.kind !== "assigned") throw new Error(outcome.message);
    store.apply(outcome.changes);
  }
  return { store, block: store.objects.get({ kind: "IPAMBlock", name: "10-0-0-0-30" }) as IPAMBlock };
}

type Edit = (spec: IPAMBlockSpec) => Partial<IPAMBlockSpec>;
const hostileBlocks: readonly (readonly [what: string, node: string, edit: Edit, fault: string])[] = [
  ["takes over a block in use", "node-2", () => ({ affinity: "host:node-2" }), "belongs to node-1"],
  ["gives its block to another", "node-1", () => ({ affinity: "host:node-2" }), "belongs to node-1"],
  [
    "renames another's address",
    "node-2",
    ({ attributes }) => ({
      attributes: [{ ...attributes[0], secondary: { node: "node-2" } }, attributes[1]!],
    }),
    "is held by another node",
  ],
  [
    "frees a borrower's address in its own block",
    "node-1",
    ({ allocations, unallocated, attributes, sequenceNumberForAllocation }) => {
      const at = allocations.indexOf(1);
      const { [String(at)]: _, ...sequences } = sequenceNumberForAllocation ?? {};
      return {
        allocations: allocations.map((index) => (index === 1 ? null : index)),
        unallocated: [...unallocated, at],
        attributes: [attributes[0]!],
        sequenceNumberForAllocation: sequences,
      };
    },
    "is held by another node",
  ],
  ["marks a block deleted", "node-2", () => ({ deleted: true }), "does not mark it"],
  ["breaks the queue", "node-2", () => ({ unallocated: [] }), "do not add up"],
  ["makes the block younger", "node-2", () => ({ affinityClaimTime: "2030-01-01T00:00:00.000Z" }), "belongs to node-1"],
  ["exhausts the sequence", "node-2", () => ({ sequenceNumber: Number.MAX_SAFE_INTEGER }), "sequence number"],
  ["moves the block", "node-1", () => ({ cidr: "10.0.0.4/30" }), "never change"],
  [
    "takes an address for another node",
    "node-2",
    (spec) => taken(spec, "of-node-2", { node: "node-1" }),
    "must name node-2",
  ],
  [
    "counts its address for another's handle",
    "node-2",
    (spec) => taken(spec, "of-node-1", { node: "node-2" }),
    "a handle of this node's",
  ],
];

function taken(spec: IPAMBlockSpec, handle_id: string, secondary: Record<string, string>): Partial<IPAMBlockSpec> {
  const [ordinal, ...unallocated] = spec.unallocated;
  return {
    unallocated,
    allocations: spec.allocations.map((index, i) => (i === ordinal ? spec.attributes.length : index)),
    attributes: [...spec.attributes, { handle_id, secondary }],
    sequenceNumberForAllocation: { ...spec.sequenceNumberForAllocation, [String(ordinal)]: spec.sequenceNumber },
  };
}

test.each(hostileBlocks)("a node that %s is refused", (_, node, edit, fault) => {
  const { store, block } = borrowed();
  const spec = { ...block.spec, sequenceNumber: block.spec.sequenceNumber + 1, ...edit(block.spec) };
  expect(faultOf(store, node, [{ op: "update", object: { ...block, spec } }])).toContain(fault);
});

const metadata = (name: string) => ({ apiVersion: API_VERSION, metadata: { name } });
const ofNode = (kind: string, name: string, spec: object): IpamChange => ({
  op: "create",
  object: { ...metadata(name), kind, spec },
});
const hostileWrites: readonly (readonly [what: string, change: IpamChange, fault: string])[] = [
  ["deletes another's block", { op: "delete", ref: { kind: "IPAMBlock", name: "10-0-0-0-30" } }, "belongs to node-1"],
  [
    "deletes another's affinity",
    { op: "delete", ref: { kind: "BlockAffinity", name: "node-1-10-0-0-0-30" } },
    "it is node-1's",
  ],
  [
    "deletes another's handle",
    { op: "delete", ref: { kind: "IPAMHandle", name: "of-node-1" } },
    "addresses of another node",
  ],
  [
    "claims another's block",
    ofNode("BlockAffinity", "node-2-10-0-0-0-30", {
      node: "node-2",
      cidr: "10.0.0.0/30",
      state: "confirmed",
      deleted: false,
    }),
    "belongs to node-1",
  ],
  [
    "claims in another's name",
    ofNode("BlockAffinity", "node-1-10-0-0-4-30", {
      node: "node-1",
      cidr: "10.0.0.4/30",
      state: "confirmed",
      deleted: false,
    }),
    "for itself alone",
  ],
  [
    "sits on another's name",
    ofNode("BlockAffinity", "node-1-10-0-0-4-30", {
      node: "node-2",
      cidr: "10.0.0.4/30",
      state: "confirmed",
      deleted: false,
    }),
    "must be called node-2-10-0-0-4-30",
  ],
  ["makes a handle that holds nothing", ofNode("IPAMHandle", "free", { handleID: "free", block: {} }), "of this node"],
  [
    "makes a handle over another's addresses",
    ofNode("IPAMHandle", "mine", { handleID: "mine", block: { "10.0.0.0/30": 1 } }),
    "of this node",
  ],
];

test.each(hostileWrites)("a node that %s is refused", (_, change, fault) => {
  expect(faultOf(borrowed().store, "node-2", [change])).toContain(fault);
});

const labelled = (object: KubeObject, labels: Record<string, string>) => ({
  ...object,
  metadata: { ...object.metadata, labels },
});
test.each<[what: string, write: (store: Books, block: IPAMBlock) => IpamChange, fault: string]>([
  ["labels a block", (_, block) => ({ op: "update", object: labelled(block, { a: "b" }) }), "labels or finalizers"],
  [
    "holds a block by a finalizer",
    (_, block) => ({ op: "update", object: { ...block, metadata: { ...block.metadata, finalizers: ["a/b"] } } }),
    "labels or finalizers",
  ],
  ["writes what is not IPAM's", () => ofNode("Profile", "p", {}), "Profile is no object of IPAM"],
  [
    "calls a block otherwise",
    (_, { spec }) => ofNode("IPAMBlock", "mine", { ...spec, cidr: "10.0.0.4/30", affinity: "host:node-2" }),
    "must be called 10-0-0-4-30",
  ],
  [
    "claims a block outside of every pool",
    (_, { spec }) => ofNode("IPAMBlock", "10-0-9-0-30", { ...spec, cidr: "10.0.9.0/30", affinity: "host:node-2" }),
    "10.0.9.0/30 is no free slice of a pool",
  ],
  [
    "claims a block for another",
    (_, { spec }) => ofNode("IPAMBlock", "10-0-9-0-30", { ...spec, cidr: "10.0.9.0/30" }),
    "claims blocks for itself alone",
  ],
  [
    "claims an affinity outside of every pool",
    () => ofNode("BlockAffinity", "node-2-10-0-9-0-30", { node: "node-2", cidr: "10.0.9.0/30", state: "confirmed" }),
    "10.0.9.0/30 is no free slice of a pool",
  ],
  [
    "claims an affinity of another type",
    () =>
      ofNode("BlockAffinity", "node-2-10-0-0-0-30", {
        node: "node-2",
        cidr: "10.0.0.0/30",
        state: "confirmed",
        type: "virtual",
      }),
    "is of type host",
  ],
  [
    "renames a handle",
    (store) => {
      const handle = store.objects.get({ kind: "IPAMHandle", name: "of-node-2" }) as IPAMHandle;
      return { op: "update", object: { ...handle, spec: { ...handle.spec, handleID: "of-node-1" } } };
    },
    "handleID never changes",
  ],
  [
    "calls its handle otherwise",
    () => ofNode("IPAMHandle", "mine", { handleID: "yours", block: {} }),
    "must be called yours",
  ],
])("a node that %s is refused", (_, write, fault) => {
  const { store, block } = borrowed();
  expect(faultOf(store, "node-2", [write(store, block)])).toContain(fault);
});

test("where affinity is strict a node takes nothing from another's block, and still gives back what it has", () => {
  const { store, block } = borrowed();
  store.config = { ...store.config, strictAffinity: true };
  const spec = { ...block.spec, ...taken(block.spec, "of-node-2", { node: "node-2" }) };
  const object = { ...block, spec: { ...spec, sequenceNumber: spec.sequenceNumber + 1 } };
  expect(faultOf(store, "node-2", [{ op: "update", object }])).toContain("strictAffinity is on");
  const outcome = releaseHandle(store.read(), "of-node-2", testHashes);
  expect(outcome.kind === "released" && faultOf(store, "node-2", outcome.changes)).toBeUndefined();
});

test("nobody's block may be deleted by anybody who does not free another's address with it", () => {
  const { store, block } = borrowed();
  const { affinity: _, ...spec } = block.spec;
  store.put({ ...block, spec });
  const gone: IpamChange = { op: "delete", ref: { kind: "IPAMBlock", name: block.metadata.name } };
  expect(faultOf(store, "node-2", [gone])).toContain("belongs to nobody");
  const outcome = releaseHandle(store.read(), "of-node-1", testHashes);
  if (outcome.kind === "released") store.apply(outcome.changes);
  expect([faultOf(store, "node-2", [gone]), faultOf(store, "node-1", [gone])]).toEqual([
    undefined,
    expect.stringContaining("belongs to nobody"),
  ]);
});

test("an address is held by the node that its block names", () => {
  const { store, block } = borrowed();
  const at = block.spec.allocations.indexOf(1);
  const lookup = store.objects;
  expect(["node-1", "node-2"].map((node) => isHeldBy(lookup, node, `10.0.0.${at}`))).toEqual([false, true]);
  expect(["192.0.2.1", "web", "fd00::1"].map((address) => isHeldBy(lookup, "node-2", address))).toEqual([
    false,
    false,
    false,
  ]);
});

test("an IPv6 address is held as well", () => {
  const store = new Books([pool("six", { cidr: "fd00::/64" })], ["node-1"]);
  const request = { node: "node-1", handle: "h", attributes: { node: "node-1" }, use: "Workload" } as const;
  const outcome = autoAssign(store.read(), { ...request, count4: 0, count6: 1 }, testHashes);
  if (outcome.kind !== "assigned") throw new Error(outcome.message);
  store.apply(outcome.changes);
  expect(isHeldBy(store.objects, "node-1", outcome.addresses[0]!.address)).toBe(true);
});
