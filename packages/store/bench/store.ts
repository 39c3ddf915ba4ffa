import type { KubeObject } from "@percale/resources";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "@percale/daemon";
import { openPostgresStore, startEmbeddedPostgres } from "../src/index.ts";
import type { Datastore } from "../src/index.ts";
import { removeCluster } from "../src/embedded/server.ts";
import { atLeast, atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const CLIENTS = 64;
const WRITE_MS = 4_000;

/** The store alone, on its own durable database: writes, lists, watch delay. About ten seconds. */
export async function benchStore(): Promise<Figure[]> {
  const log = silentLogger;
  const postgres = await startEmbeddedPostgres({ dataDir: mkdtempSync(join(tmpdir(), "percale-bench-")), log });
  const store = await openPostgresStore({ url: postgres.url, log });
  try {
    const writes = await writesPerSecond(store);
    const delayMs = await watchDelayMs(store);
    await fill(store, 10_000);
    const listMs = await medianMs(9, async () => void (await store.list({ kind: "GlobalNetworkSet" })));
    return [
      atLeast("store writes, 64 clients", writes, "writes/s", 10_000),
      atMost("store list of 10,000", listMs, "ms", 100),
      atMost("store watch delay p99 at 500/s", delayMs, "ms", 20),
    ];
  } finally {
    await store.close();
    await postgres.stop();
    removeCluster(postgres);
  }
}

/** Each client updates its own object, one write after the other. */
async function writesPerSecond(store: Datastore): Promise<number> {
  const until = performance.now() + WRITE_MS;
  const counts = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const create = { op: "create" as const, object: networkSet("Profile", `client-${client}`) };
      let object = (await store.apply({ author: "bench", changes: [create] })).objects[0]!;
      let count = 0;
      for (; performance.now() < until; count++) {
        const next = { ...object, spec: { labelsToApply: { round: String(count) } } };
        object = (await store.apply({ author: "bench", changes: [{ op: "update", object: next }] })).objects[0]!;
      }
      return count;
    }),
  );
  return Math.round((counts.reduce((sum, count) => sum + count, 0) * 1_000) / WRITE_MS);
}

/** From the call of a write to the watcher's hands, at 500 writes/s. */
async function watchDelayMs(store: Datastore): Promise<number> {
  const stop = new AbortController();
  const sentAt = new Map<string, number>();
  const delays: number[] = [];
  const watching = (async () => {
    for await (const { object } of store.watch({ kinds: ["NetworkSet"], signal: stop.signal }))
      delays.push(performance.now() - sentAt.get(object.metadata.name)!);
  })();
  const begin = performance.now();
  const writes: Promise<unknown>[] = [];
  for (let i = 0; i < 1_500; i++) {
    const due = begin + i * 2 - performance.now();
    if (due > 1) await delay(due);
    const name = `delay-${i}`;
    sentAt.set(name, performance.now());
    const object = networkSet("NetworkSet", name);
    writes.push(store.apply({ author: "bench", changes: [{ op: "create", object }] }));
  }
  await Promise.all(writes);
  await delay(50);
  stop.abort();
  await watching;
  delays.sort((a, b) => a - b);
  return round(delays[Math.floor(delays.length * 0.99)]!);
}

async function fill(store: Datastore, count: number): Promise<void> {
  for (let at = 0; at < count; at += 500) {
    const changes = Array.from({ length: 500 }, (_, i) => ({
      op: "create" as const,
      object: networkSet("GlobalNetworkSet", `set-${at + i}`),
    }));
    await store.apply({ author: "bench", changes });
  }
}

async function medianMs(times: number, work: () => Promise<void>): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    await work();
    taken.push(performance.now() - begin);
  }
  return round(taken.sort((a, b) => a - b)[Math.floor(times / 2)]!);
}

function networkSet(kind: string, name: string): KubeObject {
  const nets = Array.from({ length: 8 }, (_, i) => `10.0.${i}.0/24`);
  return { apiVersion: "projectcalico.org/v3", kind, metadata: { name, labels: { role: "bench" } }, spec: { nets } };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
