import { setTimeout as delay } from "node:timers/promises";
import { untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Datastore } from "@percale/store";

/** How much of the log is kept. */
export interface HistoryKept {
  /** What is younger stays, */
  readonly days: number;
  /** but never more than so many changes. */
  readonly revisions: number;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 600_000;

/** Removes the log's beginning as it gets too old or too long; how many changes. Several servers may do so at once. */
export async function forgetHistory(
  store: Datastore,
  { days, revisions }: HistoryKept,
  now = Date.now(),
): Promise<number> {
  const old = await store.compact({ olderThan: new Date(now - days * DAY_MS) });
  const surplus = await store.compact({ keepRevisions: revisions });
  return old.removed + surplus.removed;
}

export interface RetentionOptions {
  readonly store: Datastore;
  readonly kept: HistoryKept;
  readonly log: Logger;
  readonly everyMs?: number;
}

/** Looks now and every ten minutes, until `signal` aborts. */
export async function keepHistoryShort(
  { store, kept, log, everyMs = EVERY_MS }: RetentionOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const removed = await untilDone({
      attempt: () => forgetHistory(store, kept),
      onError: (error, failures) => log.warn("the history could not be shortened", { error, failures }),
      signal,
    });
    if (removed !== undefined && removed > 0) log.info("history shortened", { removed, ...kept });
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
