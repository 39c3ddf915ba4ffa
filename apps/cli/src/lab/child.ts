/** A process that should run: started again with a growing pause when it ends, until told to stop. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** One that ran this long was fine: the next pause is the first again. */
const HEALTHY_MS = 30_000;

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Until the next try. */
  readonly pauseMs: number;
}

export interface ChildOptions {
  readonly start: () => ChildProcess;
  /** False: this end is for good. */
  readonly onExit: (end: ChildEnd) => boolean;
}

export class Child {
  readonly #options: ChildOptions;
  readonly #stopped = new AbortController();
  #process: ChildProcess | undefined;
  #restarts = -1;
  readonly #done: Promise<void>;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How often it had to be started again. */
  get restarts(): number {
    return Math.max(0, this.#restarts);
  }

  /** SIGTERM, and SIGKILL if that did not help in time. Resolves when it has ended. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#stopped.abort();
    this.#process?.kill("SIGTERM");
    const timer = setTimeout(() => this.#process?.kill("SIGKILL"), graceMs);
    await this.#done;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      const startedAt = performance.now();
      this.#restarts++;
      this.#process = this.#options.start();
      const [code, name] = (await Promise.race([
        once(this.#process, "exit"),
        once(this.#process, "error").then(() => [null, null]),
      ]).catch(() => [null, null])) as [number | null, NodeJS.Signals | null];
      this.#process = undefined;
      if (signal.aborted) return;
      if (performance.now() - startedAt > HEALTHY_MS) pauseMs = FIRST_PAUSE_MS;
      if (!this.#options.onExit({ code, signal: name, pauseMs })) return;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
