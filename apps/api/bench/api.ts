import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startTestApi } from "../src/testdata/test-api.ts";
import type { TestApi } from "../src/testdata/test-api.ts";
import { atLeast, atMost } from "@percale/testkit";
import type { Figure } from "@percale/testkit";

const run = promisify(execFile);
const LISTED = 10_000;

/** One server process on a Postgres of its own; the load comes from another process. */
export async function benchApi(): Promise<Figure[]> {
  const server = await startTestApi({ durable: true });
  try {
    const delay = await watchDelay(server);
    const { perSecond } = await load(server, { name: "most", clients: 64, seconds: 6 });
    const applied = await load(server, { name: "applied", clients: 64, seconds: 6, apply: true });
    const listMs = await listTime(server);
    return [
      atLeast("API writes, 64 clients, one process", perSecond, "writes/s", 3_000),
      atLeast("API server-side applies, 64 clients, one process", applied.perSecond, "applies/s", 3_000),
      atMost("API list of 10,000 objects", listMs, "ms", 250),
      atMost("API watch delay p99 at 500 writes/s", delay, "ms", 50),
    ];
  } finally {
    await server.stop();
  }
}

interface Load {
  readonly name: string;
  readonly clients: number;
  readonly seconds: number;
  readonly rate?: number;
  readonly apply?: boolean;
}

async function load({ api, token, ca }: TestApi, options: Load): Promise<{ readonly perSecond: number }> {
  const task = JSON.stringify({ url: api.url, token, ca, ...options });
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "load.ts"), task]);
  const { done, failed, seconds } = JSON.parse(stdout) as { done: number; failed: number; seconds: number };
  if (failed > 0) throw new Error(`${failed} writes failed`);
  return { perSecond: done / seconds };
}

/** From just before a client sends a write to its event in another client's watch. */
async function watchDelay(server: TestApi): Promise<number> {
  const path = "/apis/projectcalico.org/v3/namespaces/bench/networksets?watch=true&resourceVersion=0";
  const response = await server.open(path);
  const delays: number[] = [];
  let rest = "";
  response.on("data", (chunk: Buffer) => {
    const now = performance.timeOrigin + performance.now();
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) delays.push(now - Number(/"sent":"([\d.]+)"/.exec(line)?.[1]));
  });
  response.on("error", () => undefined); // cut below
  await load(server, { name: "warm", clients: 16, seconds: 2, rate: 500 }); // warm up
  delays.length = 0;
  await load(server, { name: "watched", clients: 16, seconds: 5, rate: 500 });
  response.destroy();
  return percentile(delays, 0.99);
}

async function listTime(server: TestApi): Promise<number> {
  const path = "/apis/projectcalico.org/v3/networksets?resourceVersion=0";
  const list = await server.call(path);
  const count = (list.body as { items: unknown[] }).items.length;
  if (count < LISTED) throw new Error(`only ${count} objects to list`);
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    const response = await server.open(path);
    for await (const _ of response);
    times.push((performance.now() - before) * (LISTED / count));
  }
  return percentile(times, 0.5);
}

function percentile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}
