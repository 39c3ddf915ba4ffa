import { parseCidr } from "@percale/net";
import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import { auditIpam, autoAssign } from "./index.ts";
import type { IPAMBlock, IPAMBlockSpec, IpamState } from "./index.ts";
import { newBlock } from "./block.ts";
import { Books, pool, testHashes } from "./testdata/books.ts";

type Audited = Pick<IpamState, "blocks" | "affinities" | "handles">;

/** node-1 owns 10.0.0.0/30 and has the first of its addresses, for the handle h. */
function kept(): Audited {
  const store = new Books([pool("pool", { cidr: "10.0.0.0/30", blockSize: 30 })], ["node-1"]);
  const request = { node: "node-1", handle: "h", attributes: {}, use: "Workload", count4: 1, count6: 0 } as const;
  const outcome = autoAssign(store.read(), request, testHashes);
  if (outcome.kind !== "assigned") throw new Error(outcome.message);
  store.apply(outcome.changes);
  return store.read();
}

/** A block of nobody. */
function free(cidr: string): IPAMBlock {
  const { affinity: _, ...spec } = newBlock(parseCidr(cidr), "", 0);
  return { apiVersion: API_VERSION, kind: "IPAMBlock", metadata: { name: cidr }, spec };
}

const edited = (edit: Partial<IPAMBlockSpec>) => (state: Audited) => ({
  blocks: state.blocks.map((block) => ({ ...block, spec: { ...block.spec, ...edit } })),
});
const affine = (edit: object) => (state: Audited) => ({
  affinities: state.affinities.map((one) => ({ ...one, spec: { ...one.spec, ...edit } })),
});
const counted = (block: Readonly<Record<string, number>>, handleID = "h") => ({
  handles: [{ apiVersion: API_VERSION, kind: "IPAMHandle", metadata: { name: "h" }, spec: { handleID, block } }],
});

test("books that a decision made have no fault", () => {
  expect(auditIpam(kept())).toEqual([]);
});

test.each<[what: string, edit: (state: Audited) => Partial<Audited>, faults: readonly string[]]>([
  ["a free block beside it", ({ blocks }) => ({ blocks: [...blocks, free("10.0.0.4/30")] }), []],
  ["a free block of the other family", ({ blocks }) => ({ blocks: [free("fd00::/126"), ...blocks] }), []],
  [
    "a claim not yet confirmed, of no block",
    (state) => ({
      affinities: [...state.affinities, ...affine({ cidr: "10.0.0.4/30", state: "pending" })(state).affinities],
    }),
    [],
  ],
  ["a handle spelt in other letters", () => counted({ "10.0.0.0/30": 1 }, "H"), []],
  [
    "a block inside another, whatever the order",
    ({ blocks }) => ({ blocks: [free("10.0.0.2/31"), ...blocks, free("10.0.0.4/30")] }),
    ["blocks overlap at 10.0.0.2/31"],
  ],
  [
    "an affinity of another node",
    affine({ node: "node-2" }),
    ["10.0.0.0/30: no confirmed affinity of host:node-1", "affinity of node-2 for 10.0.0.0/30 has no block"],
  ],
  [
    "an affinity for another block",
    affine({ cidr: "10.0.0.4/30" }),
    ["10.0.0.0/30: no confirmed affinity of host:node-1", "affinity of node-1 for 10.0.0.4/30 has no block"],
  ],
  [
    "an affinity that is not confirmed",
    affine({ state: "pending" }),
    ["10.0.0.0/30: no confirmed affinity of host:node-1"],
  ],
  [
    "a block that is no node's",
    edited({ affinity: "virtual:load-balancer" }),
    ["affinity of node-1 for 10.0.0.0/30 has no block"],
  ],
  [
    "a block that is marked deleted",
    edited({ deleted: true }),
    ["affinity of node-1 for 10.0.0.0/30 has no block", "handle h counts 1 in 10.0.0.0/30, the block has 0"],
  ],
  [
    "a handle that counts too many",
    () => counted({ "10.0.0.0/30": 2 }),
    ["handle h counts 2 in 10.0.0.0/30, the block has 1"],
  ],
  [
    "a handle that counts another block",
    () => counted({ "10.0.0.4/30": 1 }),
    ["handle h counts 1 in 10.0.0.4/30, the block has 0", "no handle counts h 10.0.0.0/30"],
  ],
  ["no handle", () => ({ handles: [] }), ["no handle counts h 10.0.0.0/30"]],
  [
    "an ordinal both taken and free",
    edited({ unallocated: [0, 1, 2, 3] }),
    ["10.0.0.0/30: allocated and free ordinals do not add up to the block"],
  ],
  [
    "an ordinal free twice",
    edited({ unallocated: [1, 1, 3] }),
    ["10.0.0.0/30: allocated and free ordinals do not add up to the block"],
  ],
  [
    "a block that is larger than its prefix",
    edited({ allocations: [0, null, null, null, null], unallocated: [1, 2, 3, 4] }),
    ["10.0.0.0/30: allocated and free ordinals do not add up to the block"],
  ],
  [
    "no attribute behind an address",
    edited({ attributes: [] }),
    [
      "10.0.0.0/30: no attribute 0",
      "10.0.0.0/30: an attribute has no user",
      "handle h counts 1 in 10.0.0.0/30, the block has 0",
    ],
  ],
  [
    "an attribute of nothing",
    edited({ attributes: [{ handle_id: "h" }, {}] }),
    ["10.0.0.0/30: an attribute has no user"],
  ],
  [
    "an address without its sequence number",
    edited({ sequenceNumberForAllocation: {} }),
    ["10.0.0.0/30: sequence numbers do not match allocations"],
  ],
])("%s is told, and nothing else", (_, edit, faults) => {
  const state = kept();
  expect(auditIpam({ ...state, ...edit(state) })).toEqual(faults);
});

test("sequence numbers are compared as numbers, not as text", () => {
  const taken = Array.from({ length: 16 }, (_, i) => (i < 11 ? 0 : null));
  const spec: IPAMBlockSpec = {
    ...free("10.0.0.0/28").spec,
    allocations: taken,
    unallocated: [15, 14, 13, 12, 11],
    attributes: [{}],
    sequenceNumberForAllocation: Object.fromEntries(
      taken.flatMap((index, i) => (index === null ? [] : [[String(i), 1]])),
    ),
  };
  expect(auditIpam({ blocks: [{ ...free("10.0.0.0/28"), spec }], affinities: [], handles: [] })).toEqual([]);
});
