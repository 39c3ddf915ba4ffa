/** From an accepted API write to the kernel, and what a thousand policies cost on the wire: on the lab, as a user has it. */
import { setTimeout as delay } from "node:timers/promises";
import { askLab, call, send } from "@percale/cli";
import type { Access, LabStatus } from "@percale/cli";
import { NftWatch } from "@percale/kernel";
import { startProduct } from "../product/product.ts";
import type { Product } from "../product/product.ts";
import { atLeast, atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const POLICIES = "/apis/projectcalico.org/v3/globalnetworkpolicies";
const NETWORK_SETS = "/apis/projectcalico.org/v3/globalnetworksets";
const MANY = 10_000;
const SOME = 1_000;
const WRITERS = 32;
const SAMPLES = 60;
const THROUGHPUT_MS = 2_000;
const ROUNDS = 3;

/** The lab runs in its own namespaces; needs root. */
export async function benchPath(): Promise<Figure[]> {
  const product = await startProduct();
  try {
    const none = await bestThroughput(product);
    await addPolicies(product.access, 0, SOME);
    await settle(product);
    const loaded = await bestThroughput(product);
    await addPolicies(product.access, SOME, MANY);
    await settle(product);
    const delays = await writeToKernel(product);
    return [
      atLeast(`throughput between nodes, ${SOME} policies to none`, loaded / none, "ratio", 0.95),
      atMost("API write to kernel p50, 10,000 policies", quantile(delays, 0.5), "ms", 50),
      atMost("API write to kernel p99, 10,000 policies", quantile(delays, 0.99), "ms", 50),
    ];
  } finally {
    await product.stop();
  }
}

/** Policies that all apply to the shop's frontends and match nobody's packets. */
async function addPolicies(access: Access, from: number, to: number): Promise<void> {
  let next = from;
  const writer = async (): Promise<void> => {
    while (next < to) await call(access, "POST", POLICIES, { body: policy(next++) });
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

function policy(n: number): unknown {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkPolicy",
    metadata: { name: `default.bench-${n}` },
    spec: {
      tier: "default",
      order: 2_000 + n,
      selector: "app == 'frontend'",
      types: ["Ingress"],
      ingress: [{ action: "Deny", source: { nets: [`198.18.${(n >> 8) & 255}.${n & 255}/32`] } }],
    },
  };
}

/** Bytes per second between two workloads on different nodes; the best round, as others use this machine too. */
async function bestThroughput({ labSocket }: Product): Promise<number> {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const request = { verb: "throughput", from: "frontend-2", to: "frontend", durationMs: THROUGHPUT_MS } as const;
    best = Math.max(best, (await askLab(labSocket, request)).bytesPerSecond);
  }
  return best;
}

/**
 * A network set that a deny rule names gains and loses the outside host. The clock runs from before the request is sent until the
 * kernel of the frontend's node tells, by its own notification, that the agent's change is committed. A probe then proves the effect.
 */
async function writeToKernel({ access, lab, labSocket }: Product): Promise<number[]> {
  const set = {
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkSet",
    metadata: { name: "bench-blocked", labels: { role: "bench-blocked" } },
    spec: { nets: ["198.51.100.1/32"] },
  };
  await call(access, "POST", NETWORK_SETS, { body: set });
  const rule = { action: "Deny", source: { selector: "role == 'bench-blocked'" } };
  const spec = { tier: "default", order: 1, selector: "app == 'frontend'", types: ["Ingress"], ingress: [rule] };
  const deny = {
    apiVersion: set.apiVersion,
    kind: "GlobalNetworkPolicy",
    metadata: { name: "default.bench-block" },
    spec,
  };
  await call(access, "POST", POLICIES, { body: deny });
  await delay(1_000);
  const kernel = new KernelClock(netnsOf(lab, "frontend"));
  const delays: number[] = [];
  try {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const blocked = sample % 2 === 0;
      const patch = { spec: { nets: blocked ? ["198.51.100.1/32", "172.30.10.100/32"] : ["198.51.100.1/32"] } };
      const headers = { "content-type": "application/merge-patch+json" };
      const committed = kernel.next();
      const sentAt = performance.now();
      const reply = await send(access, "PATCH", `${NETWORK_SETS}/bench-blocked`, { body: patch, headers });
      if (reply.status >= 300) throw new Error(`patch refused: ${reply.status}`);
      delays.push((await committed) - sentAt);
      const probe = { verb: "probe", from: "outside", to: "frontend", protocol: "tcp", timeoutMs: 20 } as const;
      const { result } = await askLab(labSocket, probe);
      if ((result.kind !== "open") !== blocked) throw new Error("the kernel told of a change that has no effect");
      await delay(20);
    }
  } finally {
    kernel.close();
  }
  return delays;
}

/** When a node's kernel next tells of a change in our table, by `performance.now()`. */
class KernelClock {
  readonly #watch: NftWatch;
  #resolve: ((at: number) => void) | undefined;

  constructor(netns: string) {
    this.#watch = new NftWatch({
      table: "calico",
      netns,
      ownPort: 0,
      onEvent: () => this.#resolve?.(performance.now()),
    });
  }

  async next(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#resolve = resolve;
    const timer = setTimeout(() => reject(new Error("the kernel told of no change in 10 s")), 10_000);
    return promise.finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#watch.close();
  }
}

function netnsOf({ workloads, nodes }: LabStatus, name: string): string {
  const workload = workloads.find((one) => one.name === name);
  const node = nodes.find((one) => one.name === workload?.node);
  if (node?.agentPid === undefined) throw new Error(`the lab has no agent for ${name}`);
  return `/proc/${node.agentPid}/ns/net`;
}

/** Until the agents have what was written: two probes in a row of an unrelated pair answer at once, a second apart. */
async function settle({ labSocket }: Product): Promise<void> {
  for (let calm = 0; calm < 3;) {
    await delay(1_000);
    const probe = { verb: "probe", from: "frontend", to: "cart", protocol: "tcp", timeoutMs: 200 } as const;
    const { result } = await askLab(labSocket, probe);
    calm = result.kind === "open" && result.tookMs < 10 ? calm + 1 : 0;
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
