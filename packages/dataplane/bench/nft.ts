import { createNetns, deleteNetns } from "@percale/kernel";
import type { NodeUpdate } from "@percale/policy";
import { createDataplane } from "../src/index.ts";
import { atMost, busyNeighbour, nft } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const MEMBERS = 8;
const LOADS = [
  { policies: 100, target: 0.02 },
  { policies: 1_000, target: 0.06 },
  { policies: 10_000, target: 0.45 },
] as const;
const CHANGES = 1_000;
const CHANGE_TARGET_MS = 1.5;
const NEIGHBOUR_PER_SECOND = 1_000;
const REPAIR_TARGET_S = 1;
const WARM_UP_POLICIES = 2_000;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** N policies, each one rule with an own set of eight addresses, all on one endpoint: from updates to committed in the kernel. Needs root. */
export async function benchNft(): Promise<Figure[]> {
  const figures: Figure[] = [];
  await load(WARM_UP_POLICIES, async () => {}); // an agent is warm when its first snapshot is through the graph
  for (const { policies, target } of LOADS)
    await load(policies, async (seconds, change) => {
      figures.push(atMost(`nft: ${policies} policies, updates to committed`, seconds, "s", target));
      if (policies === 10_000)
        figures.push(atMost("nft: one set member with 10,000 policies, p99", await change(), "ms", CHANGE_TARGET_MS));
    });
  for (const policies of [100, 10_000]) figures.push(...(await contended(policies)));
  return figures;
}

/** A fresh agent's first apply, and the repair of a flushed table, while a neighbour changes 1,000 things a second. */
async function contended(policies: number): Promise<Figure[]> {
  const netns = `percale-bench-${process.pid}`;
  createNetns(netns);
  try {
    const neighbour = await busyNeighbour(netns, NEIGHBOUR_PER_SECOND);
    const updates = state(policies);
    const dataplane = createDataplane({ netns, log: silent, now: Date.now, ownTables: false });
    await dataplane.start();
    const first = await seconds(() => dataplane.apply(updates));
    const repaired = new Promise<void>((resolve) => {
      dataplane.on(() => dataplane.state().driftRepairs.count > 0 && resolve());
    });
    const repair = await seconds(() => {
      nft(netns, "flush", "table", "ip", "calico");
      return repaired;
    });
    await neighbour.stop();
    await dataplane.remove();
    return [
      atMost(`nft: ${policies} policies, first apply beside a busy neighbour`, first, "s", REPAIR_TARGET_S),
      atMost(`nft: ${policies} policies, repair beside a busy neighbour`, repair, "s", REPAIR_TARGET_S),
    ];
  } finally {
    deleteNetns(netns);
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function load(
  policies: number,
  measure: (seconds: number, change: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const netns = `percale-bench-${process.pid}`;
  createNetns(netns);
  try {
    const dataplane = createDataplane({ netns, log: silent, now: Date.now });
    await dataplane.start();
    await dataplane.apply([{ t: "hosts", addresses: [] }]);
    const updates = state(policies);
    const started = performance.now();
    await dataplane.apply(updates);
    const seconds = (performance.now() - started) / 1000;
    await measure(seconds, () => p99OfChanges(dataplane.apply.bind(dataplane)));
    await dataplane.remove();
  } finally {
    deleteNetns(netns);
  }
}

async function p99OfChanges(apply: (updates: readonly NodeUpdate[]) => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    const member = `11.0.${i >> 8}.${i & 255}/32`;
    const started = performance.now();
    await apply([{ t: "setDelta", id: `s:${i}`, added: [member], removed: [] }]);
    tookMs.push(performance.now() - started);
  }
  return tookMs.sort((a, b) => a - b)[Math.floor(CHANGES * 0.99)]!;
}

function state(policies: number): NodeUpdate[] {
  const updates: NodeUpdate[] = [];
  const keys: string[] = [];
  for (let i = 0; i < policies; i++) {
    const members = Array.from({ length: MEMBERS }, (_, m) => `10.${i >> 8}.${i & 255}.${m + 1}/32`);
    updates.push({ t: "set", id: `s:${i}`, kind: "net", members });
  }
  for (let i = 0; i < policies; i++) {
    const name = `p${i}`;
    const key = `GlobalNetworkPolicy/${name}`;
    const rule = { action: "allow", source: { sets: [`s:${i}`] }, destination: {} } as const;
    const policy = { key, kind: "GlobalNetworkPolicy", name, tier: "default", ingress: [rule], egress: [] } as const;
    updates.push({ t: "policy", policy });
    keys.push(key);
  }
  const tiers = [{ name: "default", defaultAction: "Deny", ingress: keys, egress: [] }] as const;
  const endpoint = {
    key: "WorkloadEndpoint/default/bench",
    ref: { kind: "WorkloadEndpoint", namespace: "default", name: "bench" },
    match: { by: "name", name: "calibench" },
    active: true,
    stages: { normal: tiers },
    profiles: [],
    workload: { addresses: ["10.255.0.1/32"], allowSpoofedSourcePrefixes: [] },
  } as const;
  updates.push({ t: "endpoint", endpoint });
  return updates;
}
