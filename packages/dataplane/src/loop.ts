import type { NodeUpdate } from "@percale/policy";
import type { ApplyReport } from "./face.ts";

/** How much of the time may go into passes when changes never stop. */
const MAX_BUSY_SHARE = 0.5;
/** A single change right after a great one must not wait as long as that took. */
const MAX_REST_MS = 20;
const RETRY_MS = 1_000;
/** Timers beyond it fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type PassReport = Omit<ApplyReport, "tookMs">;

export interface PassLoopOptions {
  /** One at a time. The updates are new: those of passes that failed were handed over then. `isAsked`: somebody called `apply`. */
  readonly pass: (updates: readonly NodeUpdate[], isAsked: boolean) => Promise<PassReport>;
  /** A pass failed and is tried again. */
  readonly onFailed: (error: unknown) => void;
  /** After every pass, well or not. */
  readonly onEnded: () => void;
  /** Once per resync interval; a pass follows. */
  readonly onResync: () => void;
}

interface Waiting {
  readonly since: number;
  readonly resolve: (report: ApplyReport) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * When passes run. What comes during one goes together into the next; the first is free, and when changes never stop passes take
 * at most their share of the time. A pass that fails is tried again after a second: whatever was handed over is owed until one
 * succeeds, which makes all of it true.
 */
export class PassLoop {
  readonly #options: PassLoopOptions;
  #fresh: NodeUpdate[] = [];
  #owed: Waiting[] = [];
  /** Told when the pass that took their updates has ended. */
  #triers: (() => void)[] = [];
  #due: { readonly atMs: number; readonly cancel: () => void } | undefined;
  /** No pass before. */
  #restUntilMs = 0;
  #running: Promise<void> | undefined;
  #resyncTimer: NodeJS.Timeout | undefined;
  #resyncMs = 0;
  #closed = false;

  constructor(options: PassLoopOptions) {
    this.#options = options;
  }

  /** Resolves when a pass has made it true; rejects only if the loop is closed before. */
  apply(updates: readonly NodeUpdate[]): Promise<ApplyReport> {
    const { promise, resolve, reject } = Promise.withResolvers<ApplyReport>();
    if (this.#closed) reject(new Error("the dataplane is closed"));
    else {
      for (const update of updates) this.#fresh.push(update);
      this.#owed.push({ since: performance.now(), resolve, reject });
      this.request();
    }
    return promise;
  }

  /** Resolves when a pass that begins from now on has ended, well or not. */
  async tried(): Promise<void> {
    if (this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#triers.push(resolve);
    this.request();
    await promise;
  }

  /** A pass is wanted, in so long at the latest. */
  request(afterMs = 0): void {
    if (this.#closed) return;
    const now = performance.now();
    const atMs = Math.max(now + afterMs, this.#restUntilMs);
    if (this.#due !== undefined && this.#due.atMs <= atMs) return;
    this.#due?.cancel();
    const start = (): void => void this.#start();
    // During a pass it stands for what is due after it.
    const cancel = this.#running !== undefined ? () => {} : atMs - now < 1 ? soon(start) : later(start, atMs - now);
    this.#due = { atMs, cancel };
  }

  /** From now on; 0 for never. */
  resyncEvery(ms: number): void {
    if (ms === this.#resyncMs) return;
    this.#resyncMs = ms;
    clearInterval(this.#resyncTimer);
    if (ms <= 0 || this.#closed) return;
    this.#resyncTimer = setInterval(
      () => {
        this.#options.onResync();
        this.request();
      },
      Math.min(ms, LONGEST_TIMER_MS),
    ).unref();
  }

  /** Waits for the pass under way; none comes after it, and what is owed is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#resyncTimer);
    this.#due?.cancel();
    this.#due = undefined;
    await this.#running;
    for (const { reject } of this.#owed) reject(new Error("the dataplane was closed before this was applied"));
    for (const tell of this.#triers) tell();
    [this.#owed, this.#triers] = [[], []];
  }

  async #start(): Promise<void> {
    this.#due = undefined;
    this.#running = this.#run();
    await this.#running;
    this.#running = undefined;
    const due = this.#due as { readonly atMs: number } | undefined; // asked for during the pass
    this.#due = undefined;
    if (due !== undefined) this.request(due.atMs - performance.now());
  }

  async #run(): Promise<void> {
    const { pass, onFailed, onEnded } = this.#options;
    const started = performance.now();
    const [updates, taken, triers] = [this.#fresh, this.#owed.length, this.#triers];
    [this.#fresh, this.#triers] = [[], []];
    try {
      const report = await pass(updates, taken > 0);
      this.#rest(started);
      const now = performance.now();
      for (const { since, resolve } of this.#owed.splice(0, taken)) resolve({ tookMs: now - since, ...report });
    } catch (error) {
      this.#restUntilMs = performance.now() + RETRY_MS;
      this.request();
      onFailed(error);
    }
    onEnded();
    for (const tell of triers) tell();
  }

  #rest(started: number): void {
    const now = performance.now();
    this.#restUntilMs = now + Math.min((now - started) * (1 / MAX_BUSY_SHARE - 1), MAX_REST_MS);
  }
}

/** After what is queued now, so that updates of one tick share a pass; unlike a timer, without a millisecond's wait. */
function soon(run: () => void): () => void {
  const handle = setImmediate(run);
  return () => clearImmediate(handle);
}

function later(run: () => void, ms: number): () => void {
  const handle = setTimeout(run, ms);
  return () => clearTimeout(handle);
}
