import type { Client } from "pg";
import { sleepMs, Wake } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Cache } from "../cache.ts";
import { keepListening } from "./listen.ts";
import { LOG_CHANNEL, readHead, readLog } from "./log.ts";

const LOOK_MS = 5_000; // also look without being told: a dead connection shows here
const OWN_WRITE_MS = 50; // most take less; behind one that takes long nobody else's writes shall wait

export interface TailOptions {
  readonly connect: () => Promise<Client>;
  readonly cache: Cache;
  readonly epoch: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Resolves once what this process is writing, if anything, is in the cache or failed: it need not be read as well. */
  readonly written: () => Promise<void>;
  /** With the reason when the connection is lost. */
  readonly onConnected: (isConnected: boolean, error?: unknown) => void;
}

/** Follows the log into the cache until `signal` aborts. Notifications only wake it, the log is the truth. */
export async function runTail(options: TailOptions): Promise<void> {
  const { connect, cache, epoch, log, signal, written, onConnected } = options;
  const wake = new Wake();
  let told = 0;
  await keepListening({
    connect,
    channels: [LOG_CHANNEL],
    log,
    signal,
    onNotification: (head) => {
      told = Number(head);
      if (told > cache.revision) wake.notify();
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
        const isTold = await withinMs(LOOK_MS, wake.wait);
        if (isTold) await withinMs(OWN_WRITE_MS, written);
        if (!ended.aborted && (!isTold || told > cache.revision)) await catchUp(client, cache);
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

/** False if it took longer. */
async function withinMs(ms: number, wait: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const over = new AbortController();
  const isInTime = await Promise.race([wait(over.signal).then(() => true), sleepMs(ms, over.signal).then(() => false)]);
  over.abort();
  return isInTime;
}
