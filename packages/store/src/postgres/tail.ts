import type { Client } from "pg";
import { sleepMs, Wake } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Cache } from "../cache.ts";
import { keepListening } from "./listen.ts";
import { LOG_CHANNEL, readHead, readLog } from "./log.ts";

const LOOK_MS = 5_000; // also look without being told: a dead connection shows here

export interface TailOptions {
  readonly connect: () => Promise<Client>;
  readonly cache: Cache;
  readonly epoch: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** With the reason when the connection is lost. */
  readonly onConnected: (isConnected: boolean, error?: unknown) => void;
}

/** Follows the log into the cache until `signal` aborts. Notifications only wake it, the log is the truth. */
export async function runTail({ connect, cache, epoch, log, signal, onConnected }: TailOptions): Promise<void> {
  const wake = new Wake();
  await keepListening({
    connect,
    channel: LOG_CHANNEL,
    log,
    signal,
    onNotification: (head) => {
      if (Number(head) > cache.revision) wake.notify();
    },
    follow: async (client, ended, onCaughtUp) => {
      ended.addEventListener("abort", () => wake.notify(), { once: true });
      const { epoch: found, head } = await readHead(client);
      if (found !== epoch || head < cache.revision)
        throw new Error("the database was replaced or set back: restart the API server");
      await catchUp(client, cache);
      onConnected(true);
      onCaughtUp();
      while (!ended.aborted) {
        await waitAtMost(wake, LOOK_MS);
        if (!ended.aborted) await catchUp(client, cache);
      }
    },
    onLost: (error) => onConnected(false, error),
  });
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
  await Promise.race([wake.wait(waited.signal), sleepMs(ms, waited.signal)]);
  waited.abort();
}
