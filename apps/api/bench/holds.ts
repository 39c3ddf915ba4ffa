import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";
import { tuneHeap } from "../src/heap.ts";
import { startTestApi } from "../src/testdata/test-api.ts";
import { hostileRequests } from "./hostile.ts";

const TICK_MS = 1;
/** What follows on an answer: watches, the log, the collection of garbage. */
const AFTERMATH_MS = 50;

/**
 * How long one request keeps everybody else waiting: the longest time between two ticks of the server's event loop, as far as its thread
 * was computing. What the machine had others compute meanwhile (the client, Postgres) is not the request's.
 */
export async function benchHolds(): Promise<Figure[]> {
  tuneHeap();
  const names = hostileRequests().map(({ name }) => name);
  const server = await startTestApi();
  const target = JSON.stringify({ url: server.api.url, token: server.token, ca: server.ca });
  const client = fork(join(import.meta.dirname, "hostile-client.ts"), [target]);
  let computedMs = threadMs();
  let longest = 0; // milliseconds
  const ticks = setInterval(() => {
    const before = computedMs;
    computedMs = threadMs();
    longest = Math.max(longest, computedMs - before);
  }, TICK_MS);
  try {
    const holds: number[] = [];
    for (const [index, name] of names.entries()) {
      longest = 0;
      client.send(index);
      const [code] = (await once(client, "message")) as [number];
      await sleep(AFTERMATH_MS);
      console.error(`${name}: ${code}, ${longest.toFixed(0)} ms`);
      holds.push(longest);
    }
    const name = `API longest hold of the event loop, worst of ${holds.length} hostile requests`;
    return [atMost(name, Math.max(...holds), "ms", 50)];
  } finally {
    clearInterval(ticks);
    client.kill();
    await server.stop();
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
