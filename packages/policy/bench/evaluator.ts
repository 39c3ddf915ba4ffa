import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";
import { createEvaluator, NOTHING_COVERED } from "../src/index.ts";
import type { Coverage, Evaluator } from "../src/index.ts";

const POLICIES = 10_000;
const ENDPOINTS = 5_000;
const APPS = 1_000;
const CHANGES = 200;

/** A cluster of many applications, ten policies and five endpoints each: one question after each change, and after each draft. */
export function benchEvaluator(): readonly Figure[] {
  const cluster = load();
  const before = settledHeap();
  const stored = createEvaluator(cluster);
  ask(stored, 0);
  const heapMb = (settledHeap() - before) / 1e6;
  let evaluator = stored;
  const policy = times((i) => ask((evaluator = evaluator.with([policyAt(i * 31, i + 1)])), i));
  const endpoint = times((i) => ask((evaluator = evaluator.with([endpointAt(i * 31, i + 1)])), i));
  let coverage = counted(evaluator, NOTHING_COVERED);
  const covered = times((i) => {
    evaluator = evaluator.with([policyAt(i * 31, 400 + i)]);
    coverage = counted(evaluator, coverage);
  });
  const draft = times((i) => ask(evaluator.with([policyAt(i * 17, 1_000 + i)]), i));
  return [
    atMost("evaluator: heap of 10,000 policies × 5,000 endpoints", heapMb, "MB", 40),
    atMost("evaluator: a policy changed, one question, p50", quantile(policy, 0.5), "ms", 2),
    atMost("evaluator: a policy changed, one question, p99", quantile(policy, 0.99), "ms", 50),
    atMost("evaluator: an endpoint changed, one question, p99", quantile(endpoint, 0.99), "ms", 50),
    atMost("evaluator: a policy changed, what is in force where, p50", quantile(covered, 0.5), "ms", 50),
    atMost("evaluator: a draft, one question, p99", quantile(draft, 0.99), "ms", 50),
  ];
}

function load(): KubeObject[] {
  return [
    object("Tier", "default", { order: 1_000_000, defaultAction: "Deny" }),
    object("Profile", "kns.shop", { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] }),
    ...Array.from({ length: ENDPOINTS }, (_, i) => endpointAt(i)),
    ...Array.from({ length: POLICIES }, (_, i) => policyAt(i)),
  ];
}

function endpointAt(number: number, shift = 0): KubeObject {
  const i = number % ENDPOINTS;
  const address = `10.${(i >> 8) + (shift > 0 ? 64 : 0)}.${i & 255}.${(shift & 127) + 1}/32`;
  const labels = { app: `app-${i % APPS}`, tier: i % 2 === 0 ? "web" : "db" };
  return object(
    "WorkloadEndpoint",
    `e${i}`,
    { node: `n${i % 50}`, orchestrator: "k8s", ipNetworks: [address], profiles: ["kns.shop"] },
    { namespace: "shop", labels },
  );
}

function policyAt(number: number, shift = 0): KubeObject {
  const i = number % POLICIES;
  const source = { selector: `app == 'app-${(i * 7) % APPS}'` };
  const spec = {
    tier: "default",
    order: i,
    selector: `app == 'app-${i % APPS}'`,
    types: ["Ingress"],
    ingress: [{ action: "Allow", protocol: "TCP", source, destination: { ports: [80 + shift] } }],
  };
  return object("NetworkPolicy", `p${i}`, spec, { namespace: "shop" });
}

function ask(evaluator: Evaluator, i: number): void {
  const peer = (at: number) => ({ endpoint: { namespace: "shop", name: `e${at % ENDPOINTS}` } });
  evaluator.explain({ from: peer(i * 17), to: peer(i * 13 + 5), protocol: "TCP", port: 80 });
}

function counted(evaluator: Evaluator, before: Coverage): Coverage {
  const counting = evaluator.coverageAfter(before);
  for (const endpoint of counting?.endpoints() ?? []) counting!.count(endpoint);
  return counting?.done() ?? before;
}

function object(kind: string, name: string, spec: unknown, metadata: object = {}): KubeObject {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...metadata }, spec };
}

/** Milliseconds, the shortest first. */
function times(work: (i: number) => void): readonly number[] {
  return Array.from({ length: CHANGES }, (_, i) => {
    const from = performance.now();
    work(i);
    return performance.now() - from;
  }).sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)]!;
}

function settledHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

if (import.meta.main) console.table(benchEvaluator());
