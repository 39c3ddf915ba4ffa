import { setTimeout as delay } from "node:timers/promises";

const RESYNC_MS = 90_000; // others may edit the world too: look again even if nothing changed here
const BACKOFF = { baseMs: 100, maxMs: 10_000 };

/** How a pass tells that it got somewhere, though it goes on: what fails after that counts from one again. */
export type Progress = () => void;

export interface Attempts<T> {
  readonly attempt: (signal: AbortSignal, progress: Progress) => Promise<T>;
  /** Reports health and logs; `failures` counts from 1. What it throws ends the attempts. */
  readonly onError: (error: unknown, failures: number) => void;
  readonly signal: AbortSignal;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly backoff?: Backoff;
  /** Instead of the back-off, where an error says so itself. */
  readonly waitMs?: (error: unknown) => number | undefined;
}

/** Tries, backing off, until an attempt succeeds: its result. Undefined once `signal` has aborted. */
export async function untilDone<T>({
  attempt,
  onError,
  signal,
  sleep = sleepMs,
  backoff = BACKOFF,
  waitMs = () => undefined,
}: Attempts<T>): Promise<T | undefined> {
  let failures = 0;
  const progress = (): void => void (failures = 0);
  while (!signal.aborted) {
    try {
      return await attempt(signal, progress);
    } catch (error) {
      if (signal.aborted) break;
      onError(error, ++failures);
      await sleep(waitMs(error) ?? backoffMs(failures, backoff), signal);
    }
  }
  return undefined;
}

export interface Loop extends Omit<Attempts<void>, "attempt"> {
  /** Reads actual, diffs, applies. Must be safe to repeat and safe to stop half-way. */
  readonly pass: Attempts<void>["attempt"];
  /** Resolves once something changed after the last pass began, or when told to wait no more: see `Wake`. */
  readonly changed: (signal: AbortSignal) => Promise<void>;
  readonly resyncMs?: number;
}

/** Level-triggered: each pass works from the newest state, so ten changes cost one pass. Returns when `signal` aborts; never gives up. */
export async function runLoop({ pass, changed, resyncMs = RESYNC_MS, ...attempts }: Loop): Promise<void> {
  const { signal, sleep = sleepMs } = attempts;
  while (!signal.aborted) {
    await untilDone({ attempt: pass, ...attempts });
    const waited = new AbortController(); // so that the timer dies with the wait
    const until = AbortSignal.any([signal, waited.signal]);
    await Promise.race([changed(until), sleep(resyncMs, until)]);
    waited.abort();
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

  /** One waiter at a time. Who gives up by `signal` leaves what came meanwhile to the next. */
  readonly wait = async (signal?: AbortSignal): Promise<void> => {
    if (!this.#pending) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resolve = resolve;
      const giveUp = (): void => resolve();
      signal?.addEventListener("abort", giveUp);
      if (signal?.aborted === true) giveUp();
      await promise;
      signal?.removeEventListener("abort", giveUp);
      if (this.#resolve === resolve) this.#resolve = undefined;
      if (signal?.aborted === true) return;
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
