import { sleepMs, untilDone } from "@percale/daemon";
import { BEAT_MS } from "@percale/protocol";
import type { Client } from "pg";
import { DATABASE_BACKOFF } from "../patience.ts";

/** A connection on which nothing came for so long is given up: a new one may reach the database. */
const GIVE_UP_MS = 10_000;

/**
 * Asks the database at each beat whether it is there, on a connection of its own: behind no other question, and with nothing to answer
 * but that. One question at a time: what hangs is waited for, so that its answer says at once when the database goes on.
 */
export class Pulse {
  #heardAt = performance.now();

  /** Since the last answer. */
  heardMs(): number {
    return performance.now() - this.#heardAt;
  }

  async run(connect: () => Promise<Client>, signal: AbortSignal): Promise<void> {
    await untilDone({
      attempt: async () => {
        const client = await connect();
        try {
          for (; !signal.aborted; await sleepMs(BEAT_MS, signal)) {
            await inTime(client.query("SELECT"), signal);
            if (!signal.aborted) this.#heardAt = performance.now();
          }
        } finally {
          client.end().catch(() => undefined); // nobody waits for a dead peer
        }
      },
      onError: () => undefined, // the tail tells what is wrong with the database
      signal,
      backoff: DATABASE_BACKOFF,
    });
  }
}

/** The store need not wait for an answer to close. */
async function inTime(answer: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const late = async (): Promise<void> => {
    await sleepMs(GIVE_UP_MS, AbortSignal.any([signal, over.signal]));
    if (!signal.aborted && !over.signal.aborted) throw new Error(`no answer in ${GIVE_UP_MS / 1_000} s`);
  };
  answer.catch(() => undefined); // told where it is waited for, unless that is over
  await Promise.race([answer, late()]).finally(() => over.abort());
}
