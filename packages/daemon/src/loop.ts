import { setTimeout as delay } from "node:timers/promises";

const RESYNC_MS = 90_000; // others may edit the world too: look again even if nothing changed here
const BACKOFF = { baseMs: 100, maxMs: 10_000 };

export interface Loop {
  /** Reads actual, diffs, applies. Must be safe to repeat and safe to stop half-way. */
  readonly pass: (signal: AbortSignal) => Promise<void>;
  /** Resolves once something changed after the last pass began: see `Wake`. */
  readonly changed: () => Promise<void>;
  /** Reports health and logs; the loop itself never gives up. */
  readonly onError: (error: unknown, failures: number) => void;
  readonly signal: AbortSignal;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly resyncMs?: number;
  readonly backoff?: Backoff;
}

/** Level-triggered: each pass works from the newest state, so ten changes cost one pass. Returns when `signal` aborts. */
export async function runLoop({
  pass,
  changed,
  onError,
  signal,
  sleep = sleepMs,
  resyncMs = RESYNC_MS,
  backoff = BACKOFF,
}: Loop): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      await pass(signal);
      failures = 0;
      const waited = new AbortController(); // so that the timer dies with the wait
      await Promise.race([changed(), sleep(resyncMs, AbortSignal.any([signal, waited.signal]))]);
      waited.abort();
    } catch (error) {
      if (signal.aborted) return;
      onError(error, ++failures);
      await sleep(backoffMs(failures, backoff), signal);
    }
  }
}

/** Remembers that something changed until one waiter has seen it. */
export class Wake {
  #pending = false;
  #resolve: (() => void) | undefined;

  notify(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** One waiter at a time. */
  readonly wait = async (): Promise<void> => {
    if (!this.#pending) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resolve = resolve;
      await promise;
      this.#resolve = undefined;
    }
    this.#pending = false;
  };
}

export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
}

/** Exponential with full jitter, never below a tenth of the step; `failures` counts from 1. */
export function backoffMs(failures: number, { baseMs, maxMs, random = Math.random }: Backoff = BACKOFF): number {
  const step = Math.min(maxMs, baseMs * 2 ** (failures - 1));
  return step * (0.1 + 0.9 * random());
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export async function sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
