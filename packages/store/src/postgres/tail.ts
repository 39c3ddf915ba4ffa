import type { Client } from "pg";
import { backoffMs, sleepMs, Wake } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Cache } from "../cache.ts";
import { LOG_CHANNEL, readHead, readLog } from "./log.ts";

/** The channel that tells whose agent status changed. */
const AGENT_CHANNEL = "percale_agents";
const LOOK_MS = 5_000; // also look without being told: a dead connection shows here

export interface TailOptions {
  readonly connect: () => Promise<Client>;
  readonly cache: Cache;
  readonly epoch: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A node's name, or undefined after a gap: any of them may have changed. */
  readonly onAgentStatus: (node: string | undefined) => void;
  /** With the reason when the connection is lost. */
  readonly onConnected: (isConnected: boolean, error?: unknown) => void;
}

/** Follows the log into the cache until `signal` aborts. Notifications only wake it, the log is the truth; a lost connection costs a delay. */
export async function runTail(options: TailOptions): Promise<void> {
  const { log, signal, onConnected } = options;
  for (let failures = 0; !signal.aborted;) {
    try {
      await follow(options, () => {
        if (failures > 0) log.info("database is back", { failures });
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      onConnected(false, error);
      if (failures++ === 0) log.warn("database connection lost", { error });
      await sleepMs(backoffMs(failures, { baseMs: 50, maxMs: 1_000 }), signal);
    }
  }
}

async function follow(
  { connect, cache, epoch, signal, onAgentStatus, onConnected }: TailOptions,
  onCaughtUp: () => void,
): Promise<void> {
  const client = await connect();
  const wake = new Wake();
  const ended = new AbortController();
  const close = (): void => {
    ended.abort();
    wake.notify();
  };
  client.on("end", close);
  client.on("error", close);
  signal.addEventListener("abort", close);
  if (signal.aborted) close(); // while connecting
  client.on("notification", ({ channel, payload }) => {
    if (channel === AGENT_CHANNEL) onAgentStatus(payload);
    else if (Number(payload) > cache.revision) wake.notify();
  });
  try {
    await client.query(`LISTEN ${LOG_CHANNEL}; LISTEN ${AGENT_CHANNEL}`);
    const { epoch: found, head } = await readHead(client);
    if (found !== epoch || head < cache.revision)
      throw new Error("the database was replaced or set back: restart the API server");
    await catchUp(client, cache);
    onConnected(true);
    onAgentStatus(undefined);
    onCaughtUp();
    while (!ended.signal.aborted) {
      await waitAtMost(wake, LOOK_MS);
      if (!ended.signal.aborted) await catchUp(client, cache);
    }
    if (!signal.aborted) throw new Error("the database closed the connection");
  } finally {
    signal.removeEventListener("abort", close);
    client.end().catch(() => undefined); // nobody waits for a dead peer
  }
}

async function catchUp(client: Client, cache: Cache): Promise<void> {
  for (;;) {
    const events = await readLog(client, cache.revision);
    if (events.length === 0) return;
    await cache.advanceInTurns(events);
  }
}

async function waitAtMost(wake: Wake, ms: number): Promise<void> {
  const waited = new AbortController();
  await Promise.race([wake.wait(), sleepMs(ms, waited.signal)]);
  waited.abort();
}
