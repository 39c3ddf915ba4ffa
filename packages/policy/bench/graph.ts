import { hash } from "node:crypto";
import { CalcGraph } from "../src/index.ts";
import { loadSet, policyLoad } from "./load.ts";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const POLICIES = 10_000;
const CHANGES = 1000;
const sha224 = (text: string): Uint8Array => hash("sha224", text, "buffer");

/** The calculation graph with 10,000 policies on one endpoint: fill, memory, one member changed. */
export async function benchGraph(): Promise<readonly Figure[]> {
  fill(policyLoad(1000)); // warms the compiler up
  const load = policyLoad(POLICIES);
  const before = settledHeap();
  const start = performance.now();
  const graph = fill(load);
  const filledMs = performance.now() - start;
  const heapMb = (settledHeap() - before) / 1e6;
  const times = Array.from({ length: CHANGES }, (_, i) => {
    const changed = loadSet((i * 7919) % POLICIES, i + 1);
    const from = performance.now();
    graph.put(changed);
    if (graph.flush().length !== 1) throw new Error("one member's change must be one update");
    return performance.now() - from;
  }).sort((a, b) => a - b);
  return [
    atMost("graph: fill with 10,000 policies", filledMs, "ms", 300),
    atMost("graph: heap of 10,000 policies", heapMb, "MB", 60),
    atMost("graph: one member changed, p99", times[Math.floor(CHANGES * 0.99)]!, "ms", 1),
  ];
}

function fill(load: ReturnType<typeof policyLoad>): CalcGraph {
  const graph = new CalcGraph({ node: "bench", sha224 });
  for (const object of load) graph.put(object);
  graph.flush();
  return graph;
}

function settledHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

if (import.meta.main) console.table(await benchGraph());
