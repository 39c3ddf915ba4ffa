import { expect, test } from "vitest";
import { assignAddress, auditIpam, autoAssign, releaseHandle } from "./index.ts";
import type { AssignAddressRequest, AssignOutcome, AssignRequest, IpamConfig, PoolSpec } from "./index.ts";
import { Books, pool, testHashes } from "./testdata/books.ts";

const NOW = Date.UTC(2026, 0, 1);
const books = (...specs: readonly PoolSpec[]): Books =>
  new Books(
    specs.map((spec, i) => pool(`pool-${i}`, spec)),
    ["node-1", "node-2"],
  );

/** The addresses, or why there are none. */
function assign(store: Books, node: string, more: Partial<AssignRequest> = {}): readonly string[] | string {
  const request = { node, handle: `of-${node}`, attributes: { node }, use: "Workload", count4: 1, count6: 0 } as const;
  return applied(store, autoAssign(store.read(), { ...request, ...more }, testHashes));
}

function assignOne(
  store: Books,
  address: string,
  more: Partial<AssignAddressRequest> = {},
): readonly string[] | string {
  const request = { node: "node-1", handle: "h", attributes: {}, use: "Workload", address } as const;
  return applied(store, assignAddress(store.read(), { ...request, ...more }, testHashes));
}

function applied(store: Books, outcome: AssignOutcome): readonly string[] | string {
  if (outcome.kind !== "assigned") return outcome.message;
  expect(store.apply(outcome.changes)).toBe(true);
  expect(auditIpam(store.read())).toEqual([]);
  return outcome.addresses.map(({ address }) => address);
}

function give(store: Books, ...handles: readonly string[]): void {
  for (const handle of handles) {
    const outcome = releaseHandle(store.read(), handle, testHashes);
    if (outcome.kind === "released") store.apply(outcome.changes);
  }
}

const owners = (store: Books) => store.read().blocks.map(({ spec }) => [spec.cidr, spec.affinity]);

test("a first address makes a block, its affinity and the handle, each whole", () => {
  const store = books({ cidr: "10.0.0.0/31", blockSize: 31 });
  const request = {
    node: "node-1",
    handle: "h",
    attributes: { pod: "a" },
    use: "Workload",
    count4: 1,
    count6: 0,
  } as const;
  const created = (kind: string, name: string, spec: object, labels?: object) => ({
    op: "create",
    object: { apiVersion: "projectcalico.org/v3", kind, metadata: { name, ...(labels && { labels }) }, spec },
  });
  expect(autoAssign(store.read(), request, testHashes)).toEqual({
    kind: "assigned",
    addresses: [{ address: "10.0.0.0", block: "10.0.0.0/31" }],
    changes: [
      created(
        "BlockAffinity",
        "node-1-10-0-0-0-31",
        { state: "confirmed", node: "node-1", type: "host", cidr: "10.0.0.0/31", deleted: false },
        {
          "projectcalico.org/hostname-hash": "NODE-1",
          "projectcalico.org/affinity-type": "host",
          "projectcalico.org/ip-version": "4",
        },
      ),
      created("IPAMBlock", "10-0-0-0-31", {
        cidr: "10.0.0.0/31",
        affinity: "host:node-1",
        affinityClaimTime: "2026-01-01T00:00:00.000Z",
        allocations: [0, null],
        unallocated: [1],
        attributes: [{ handle_id: "h", secondary: { pod: "a" } }],
        sequenceNumber: NOW * 1000,
        sequenceNumberForAllocation: { "0": NOW * 1000 },
        strictAffinity: false,
      }),
      created("IPAMHandle", "h", { handleID: "h", block: { "10.0.0.0/31": 1 }, deleted: false }),
    ],
  });
});

test("a node that does not exist gets nothing", () => {
  expect(assign(books({ cidr: "10.0.0.0/24" }), "node-9")).toBe(
    "node node-9 does not exist: create the Node object first",
  );
});

test("many addresses come out of as many blocks as they need, in one change set", () => {
  const store = books({ cidr: "10.0.0.0/28", blockSize: 30 });
  const got = assign(store, "node-1", { count4: 6 });
  expect([new Set(got).size, owners(store).map(([, owner]) => owner)]).toEqual([6, ["host:node-1", "host:node-1"]]);
  expect(store.read().handles.map(({ spec }) => Object.values(spec.block))).toEqual([[4, 2]]);
});

test("a pool is used up before the next is touched", () => {
  const store = books({ cidr: "10.0.0.0/30", blockSize: 30 }, { cidr: "10.1.0.0/30", blockSize: 30 });
  assign(store, "node-1", { count4: 4 });
  expect(owners(store)).toEqual([["10.0.0.0/30", "host:node-1"]]);
  expect(assign(store, "node-1")).toEqual(["10.1.0.0"]);
});

test.each<[config: Partial<IpamConfig>, maxBlocks: number | undefined, limit: number]>([
  [{}, undefined, 20],
  [{}, 0, 20],
  [{}, 30, 30],
  [{ maxBlocksPerHost: 3 }, undefined, 3],
  [{ maxBlocksPerHost: 3 }, 2, 2],
  [{ maxBlocksPerHost: 3 }, 5, 3],
])("with %j a node that asks for at most %j blocks gets %i", (config, maxBlocks, limit) => {
  const store = books({ cidr: "10.0.0.0/26", blockSize: 32 });
  store.config = { ...store.config, ...config };
  expect(assign(store, "node-1", { count4: limit + 1, maxBlocks })).toBe(
    `Need to allocate an IPAM block but could not: limit of ${limit} blocks reached for node node-1 in pools [10.0.0.0/26]`,
  );
  expect(assign(store, "node-1", { count4: limit, maxBlocks })).toHaveLength(limit);
});

test("where blocks are not made automatically a node has those of others only", () => {
  const store = books({ cidr: "10.0.0.0/28", blockSize: 30 });
  store.config = { ...store.config, autoAllocateBlocks: false };
  expect(assign(store, "node-1")).toBe("No IPs available in pools: [10.0.0.0/28]");
  store.config = { ...store.config, autoAllocateBlocks: true };
  assign(store, "node-2");
  store.config = { ...store.config, autoAllocateBlocks: false };
  assign(store, "node-1");
  expect(owners(store).map(([, owner]) => owner)).toEqual(["host:node-2"]);
});

test("a claim left half done is finished by the next assignment", () => {
  const store = books({ cidr: "10.0.0.0/30", blockSize: 30 });
  assign(store, "node-1");
  const [affinity] = store.read().affinities;
  store.put({ ...affinity!, spec: { ...affinity!.spec, state: "pending" } });
  assign(store, "node-1");
  expect(store.read().affinities.map(({ spec }) => spec)).toEqual([affinity!.spec]);
});

test("reservations keep off the blocks of others too", () => {
  const store = books({ cidr: "10.0.0.0/30", blockSize: 30 });
  assign(store, "node-2");
  store.reservations = ["10.0.0.1/32", "10.0.0.2/32", "fd00::/8"];
  expect(assign(store, "node-1")).toEqual(["10.0.0.3"]);
  expect(assign(store, "node-1")).toBe("No IPs available in pools: [10.0.0.0/30]");
});

test("an empty block is taken over unless all of it is reserved", () => {
  const store = books({ cidr: "10.0.0.0/30", blockSize: 31 });
  store.config = { ...store.config, strictAffinity: true };
  assignOne(store, "10.0.0.0", { node: "node-2", handle: "a" });
  assignOne(store, "10.0.0.2", { node: "node-2", handle: "b" });
  give(store, "a", "b");
  store.nowMs += 60_000;
  store.reservations = ["10.0.0.0/31"];
  expect(assign(store, "node-1")).toEqual(["10.0.0.2"]);
  expect(owners(store)).toEqual([
    ["10.0.0.0/31", "host:node-2"],
    ["10.0.0.2/31", "host:node-1"],
  ]);
});

test("empty blocks in pools that no longer select the node are given up, of the family that is asked for", () => {
  const [four, six] = [
    { cidr: "10.0.0.0/30", blockSize: 30 },
    { cidr: "fd00::/126", blockSize: 126 },
  ];
  const store = books(four, six, { cidr: "10.1.0.0/30", blockSize: 30 });
  assignOne(store, "10.0.0.0", { handle: "a" });
  assignOne(store, "fd00::", { handle: "b" });
  give(store, "a", "b");
  store.put(
    pool("pool-0", { ...four, nodeSelector: 'name == "node-2"' }),
    pool("pool-1", { ...six, nodeSelector: 'name == "node-2"' }),
  );
  assign(store, "node-1");
  expect(owners(store)).toEqual([
    ["10.1.0.0/30", "host:node-1"],
    ["fd00::/126", "host:node-1"],
  ]);
});

test("a given address of either family is taken, also from another node's block", () => {
  const store = books({ cidr: "10.0.0.0/24" }, { cidr: "fd00::/64" });
  assign(store, "node-2");
  expect(assignOne(store, "fd00:0::7")).toEqual(["fd00::7"]);
  expect(assignOne(store, "10.0.0.255")).toEqual(["10.0.0.255"]);
  const block = store.read().blocks.find(({ spec }) => spec.affinity === "host:node-2");
  const free = block!.spec.cidr.replace(/\d+\/26$/, (end) => String(Number.parseInt(end, 10) + 9));
  expect(assignOne(store, free)).toEqual([free]);
  store.config = { ...store.config, strictAffinity: true };
  expect(
    assignOne(
      store,
      free.replace(/\d+$/, (end) => String(Number(end) + 1)),
    ),
  ).toBe(`Block host affinity does not match: ${block!.spec.cidr} belongs to host:node-2 and strictAffinity is on`);
});

test.each([
  ["web", "must be an IP address, got web"],
  ["10.9.0.0", "The provided IP address 10.9.0.0 is not in a configured pool"],
  [
    "10.1.0.0",
    'IP address 10.1.0.0 is in IP pool "pool-1", which is not allowed for use "Workload" (allowedUses: [Tunnel])',
  ],
])("the given address %s is refused, with the reason", (address, message) => {
  expect(assignOne(books({ cidr: "10.0.0.0/24" }, { cidr: "10.1.0.0/24", allowedUses: ["Tunnel"] }), address)).toBe(
    message,
  );
});
