import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handleAt } from "./block.ts";
import { assignAddress, auditIpam, autoAssign, blockName, releaseAddress, releaseHandle, runIpam } from "./index.ts";
import type { AssignOutcome, AssignRequest, IPAMBlock, ReleaseOutcome } from "./index.ts";
import { Books, pool, testHashes } from "./testdata/books.ts";

function request(node: string, handle: string, more: Partial<AssignRequest> = {}): AssignRequest {
  return { node, handle, attributes: { node }, use: "Workload", count4: 1, count6: 0, ...more };
}

function assign(store: Books, node: string, handle: string, more: Partial<AssignRequest> = {}): AssignOutcome {
  const outcome = autoAssign(store.read(), request(node, handle, more), testHashes);
  if (outcome.kind === "assigned") expect(store.apply(outcome.changes)).toBe(true);
  return outcome;
}

function give(store: Books, handle: string): readonly string[] {
  const outcome = releaseHandle(store.read(), handle, testHashes);
  if (outcome.kind !== "released") throw new Error(outcome.message);
  expect(store.apply(outcome.changes)).toBe(true);
  return outcome.addresses;
}

function addresses(outcome: AssignOutcome): readonly string[] {
  if (outcome.kind !== "assigned") throw new Error(outcome.message);
  return outcome.addresses.map(({ address }) => address);
}

const small = (cidr: string, blockSize: number, more = {}) => pool("pool", { cidr, blockSize, ...more });

test("a first address claims a block, confirmed in the same change set", () => {
  const store = new Books([small("10.0.0.0/24", 26)], ["node-1"]);
  const outcome = autoAssign(store.read(), request("node-1", "net.abc"), testHashes);
  if (outcome.kind !== "assigned") throw new Error(outcome.message);
  expect(outcome.changes.map((change) => change.op === "create" && change.object.kind)).toEqual([
    "BlockAffinity",
    "IPAMBlock",
    "IPAMHandle",
  ]);
  expect(store.apply(outcome.changes)).toBe(true);
  expect(auditIpam(store.read())).toEqual([]);
});

test("both families or none", () => {
  const store = new Books([small("10.0.0.0/24", 26)], ["node-1"]);
  const refused = assign(store, "node-1", "h", { count6: 1 });
  expect(refused).toMatchObject({ kind: "exhausted", family: 6 });
  expect(store.read()).toMatchObject({ blocks: [], affinities: [], handles: [] });
  const dual = new Books([small("10.0.0.0/24", 26), pool("v6", { cidr: "fd00:1::/64" })], ["node-1"]);
  const got = addresses(assign(dual, "node-1", "h", { count6: 1 }));
  expect(got.map((address) => address.includes(":"))).toEqual([false, true]);
});

test("a full pool says so, with its name", () => {
  const store = new Books([small("10.0.0.0/30", 30)], ["node-1", "node-2"]);
  for (let i = 0; i < 4; i++) assign(store, i % 2 === 0 ? "node-1" : "node-2", `h${i}`);
  expect(assign(store, "node-1", "h5")).toEqual({
    kind: "exhausted",
    family: 4,
    pools: ["10.0.0.0/30"],
    message: "No IPs available in pools: [10.0.0.0/30]",
  });
});

test("borrowing is routed by its attributes; strict affinity forbids it", () => {
  const store = new Books([small("10.0.0.0/30", 30)], ["node-1", "node-2"]);
  assign(store, "node-1", "a");
  const [borrowed] = addresses(assign(store, "node-2", "b"));
  const block = store.objects.get({ kind: "IPAMBlock", name: blockName("10.0.0.0/30") }) as IPAMBlock;
  expect(block.spec.affinity).toBe("host:node-1");
  expect(block.spec.attributes.map(({ secondary }) => secondary?.["node"])).toEqual(["node-1", "node-2"]);
  expect(borrowed).toMatch(/^10\.0\.0\./);
  store.config = { ...store.config, strictAffinity: true };
  expect(assign(store, "node-2", "c")).toMatchObject({
    kind: "exhausted",
    message: expect.stringContaining("strict affinity"),
  });
});

test("a node at its limit neither claims nor borrows", () => {
  const store = new Books([small("10.0.0.0/28", 30)], ["node-1", "node-2"]);
  store.config = { ...store.config, maxBlocksPerHost: 1 };
  assign(store, "node-2", "other");
  for (let i = 0; i < 4; i++) assign(store, "node-1", `h${i}`);
  expect(assign(store, "node-1", "h4")).toMatchObject({
    kind: "exhausted",
    message: expect.stringContaining("limit of 1 blocks"),
  });
});

test("an empty block of another node is taken over after a minute, not before", () => {
  const store = new Books([small("10.0.0.0/30", 30)], ["node-1", "node-2"]);
  assign(store, "node-1", "a");
  give(store, "a");
  const ref = { kind: "IPAMBlock", name: blockName("10.0.0.0/30") };
  store.config = { ...store.config, strictAffinity: true };
  expect(assign(store, "node-2", "b").kind).toBe("exhausted");
  store.nowMs += 61_000;
  assign(store, "node-2", "b");
  expect((store.objects.get(ref) as IPAMBlock).spec.affinity).toBe("host:node-2");
  expect(auditIpam(store.read())).toEqual([]);
});

test("an address is used again as late as possible", () => {
  const store = new Books([small("10.0.0.0/29", 29)], ["node-1"]);
  const [first] = addresses(assign(store, "node-1", "h"));
  give(store, "h");
  const later = Array.from({ length: 8 }, (_, i) => addresses(assign(store, "node-1", `h${i}`))[0]);
  expect(later.indexOf(first)).toBe(7);
});

test("an address cools down before it is free", () => {
  const store = new Books([small("10.0.0.0/32", 32)], ["node-1"]);
  store.config = { ...store.config, ipCooldownSeconds: 30 };
  assign(store, "node-1", "a");
  give(store, "a");
  expect(assign(store, "node-1", "b").kind).toBe("exhausted");
  store.nowMs += 31_000;
  expect(addresses(assign(store, "node-1", "b"))).toEqual(["10.0.0.0"]);
  expect(auditIpam(store.read())).toEqual([]);
});

test("reserved addresses are skipped, and a pool that is all reserved is full", () => {
  const store = new Books([small("10.0.0.0/28", 30)], ["node-1"]);
  store.reservations = ["10.0.0.0/29", "10.0.0.8/30", "10.0.0.12/31", "10.0.0.14/32"];
  expect(addresses(assign(store, "node-1", "a"))).toEqual(["10.0.0.15"]);
  expect(assign(store, "node-1", "b").kind).toBe("exhausted");
  const wide = new Books([pool("v6", { cidr: "fd00::/48", blockSize: 122 })], ["node-1"]);
  wide.reservations = ["fd00::/49", "fd00:0:0:8000::/50"];
  expect(addresses(assign(wide, "node-1", "a", { count4: 0, count6: 1 }))[0]).toMatch(/^fd00:0:0:[c-f]/);
});

describe("which pools", () => {
  const pools = [
    pool("a-disabled", { cidr: "10.1.0.0/24", disabled: true }),
    pool("b-node", { cidr: "10.2.0.0/24", nodeSelector: `name == "node-2"` }),
    pool("c-manual", { cidr: "10.3.0.0/24", assignmentMode: "Manual" }),
    pool("d-tunnel", { cidr: "10.4.0.0/24", allowedUses: ["Tunnel"] }),
    pool("e-all", { cidr: "10.5.0.0/24" }),
  ];
  test.each([
    ["node-1", undefined, /^10\.5\./],
    ["node-2", undefined, /^10\.2\./],
    ["node-1", ["c-manual"], /^10\.3\./],
    ["node-1", ["10.2.0.0/24"], /^10\.2\./],
  ])("%s asking for %j gets %s", (node, pools4, expected) => {
    expect(addresses(assign(new Books(pools, ["node-1", "node-2"]), node, "h", { pools4 }))[0]).toMatch(expected);
  });
  test.each([
    ["a-disabled", "does not exist, or is not enabled"],
    ["d-tunnel", "no pools match the required use (Workload)"],
  ])("%s is no choice", (name, message) => {
    expect(assign(new Books(pools, ["node-1"]), "node-1", "h", { pools4: [name] })).toMatchObject({
      kind: "exhausted",
      message: expect.stringContaining(message),
    });
  });
});

test("a given address: taken once, only from an enabled pool", () => {
  const store = new Books([small("10.0.0.0/24", 26), pool("off", { cidr: "10.9.0.0/24", disabled: true })], ["node-1"]);
  const ask = (address: string) =>
    assignAddress(store.read(), { node: "node-1", handle: "h", attributes: {}, use: "Workload", address }, testHashes);
  const outcome = ask("10.0.0.77");
  if (outcome.kind !== "assigned") throw new Error("refused");
  store.apply(outcome.changes);
  expect(outcome.addresses).toEqual([{ address: "10.0.0.77", block: "10.0.0.64/26" }]);
  expect(ask("10.0.0.77")).toMatchObject({ kind: "refused", message: expect.stringContaining("already assigned") });
  expect(ask("10.9.0.1")).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("not in a configured pool"),
  });
});

test("a stale release changes nothing", () => {
  const store = new Books([small("10.0.0.0/32", 32)], ["node-1"]);
  assign(store, "node-1", "old");
  const block = store.objects.get({ kind: "IPAMBlock", name: "10-0-0-0-32" }) as IPAMBlock;
  const sequenceNumber = block.spec.sequenceNumberForAllocation?.["0"] ?? 0;
  give(store, "old");
  assign(store, "node-1", "new");
  expect(releaseAddress(store.read(), { address: "10.0.0.0", handle: "old" }, testHashes).kind).toBe("refused");
  expect(releaseAddress(store.read(), { address: "10.0.0.0", sequenceNumber }, testHashes).kind).toBe("refused");
  expect(give(store, "old")).toEqual([]);
});

/** One allocator of the model: takes and gives back handles of its own, through runIpam. */
type Step = { readonly take: boolean; readonly fail: "none" | "before" | "after" };
const step: fc.Arbitrary<Step> = fc.record({
  take: fc.boolean(),
  fail: fc.oneof(
    { weight: 4, arbitrary: fc.constant("none" as const) },
    fc.constantFrom("before" as const, "after" as const),
  ),
});

test("ten allocators on three nodes at once: no address is held twice, nothing leaks, whatever fails", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 8, maxLength: 10 }),
      fc.constantFrom(28, 29, 30),
      async (scheduler, plans, blockSize) => {
        const store = new Books([small("10.0.0.0/27", blockSize)], ["node-0", "node-1", "node-2"]);
        const holders = new Map<string, string>();
        const worker = async (plan: readonly Step[], id: number): Promise<void> => {
          const node = `node-${id % 3}`;
          const held: string[] = [];
          for (const [i, { take, fail }] of plan.entries()) {
            const handle = take ? `w${id}.${i}` : held.shift();
            if (handle === undefined) continue;
            let isFailing = fail !== "none";
            const io = {
              read: () => scheduler.schedule(Promise.resolve(), `read ${handle}`).then(() => store.read()),
              apply: async (outcome: AssignOutcome | ReleaseOutcome) => {
                if (!("changes" in outcome) || outcome.changes.length === 0) return true;
                await scheduler.schedule(Promise.resolve(), `write ${handle}`);
                if (isFailing && fail === "before") throw new Error("connection refused");
                const isApplied = store.apply(outcome.changes);
                if (isFailing && fail === "after" && isApplied) throw new Error("reply lost");
                return isApplied;
              },
              retry: () => Promise.resolve(),
            };
            const release = () => runIpam({ ...io, decide: (state) => releaseHandle(state, handle, testHashes) });
            try {
              if (!take) {
                // Ours until the release may be visible to others.
                for (const [address, holder] of holders) if (holder === handle) holders.delete(address);
                await release();
                continue;
              }
              const outcome = await runIpam({
                ...io,
                decide: (state) => autoAssign(state, request(node, handle), testHashes),
              });
              if (outcome.kind !== "assigned") continue;
              for (const { address } of outcome.addresses) {
                expect(holders.get(address)).toBeUndefined();
                holders.set(address, handle);
              }
              held.push(handle);
            } catch (error) {
              if (!(error instanceof Error) || !/refused|lost/.test(error.message)) throw error;
              isFailing = false; // the caller of a failed request gives up its handle, as DEL does
              await release();
            }
          }
        };
        const all = Promise.all(plans.map(worker));
        await scheduler.waitFor(all);
        const state = store.read();
        expect(auditIpam(state)).toEqual([]);
        const stored = state.blocks.flatMap(({ spec }) =>
          spec.allocations.flatMap((index, ordinal) => (index === null ? [] : [handleAt(spec, ordinal)!])),
        );
        expect(stored.sort()).toEqual([...holders.values()].sort());
        for (const handle of new Set(stored)) give(store, handle);
        expect(store.read().handles).toEqual([]);
        expect(auditIpam(store.read())).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
