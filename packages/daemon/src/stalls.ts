import { Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { Logger } from "./log.ts";

/** Everybody else waits while one piece of work holds the event loop: this much is noticed. */
export const STALL_MS = 50;
const TICK_MS = 20;
const NAMED = 5;

export interface StallMonitorOptions {
  readonly log: Logger;
  readonly metrics: Registry;
  /** Milliseconds, of any origin. */
  readonly now?: () => number;
  /** Microseconds this thread has computed. */
  readonly cpuMicros?: () => number;
}

interface Work {
  readonly label: string;
  readonly startedAt: number;
}

/**
 * Logs and counts every time the event loop was held, with the work that was under way: one label is the culprit, several are suspects.
 * Much less `cpuMs` than `ms` means that the machine was busy elsewhere, or that a file was waited for.
 */
export class StallMonitor {
  readonly #options: Required<StallMonitorOptions>;
  readonly #seconds: Histogram;
  readonly #underWay = new Set<Work>();
  #endedSinceTick: Work[] = [];
  #tickedAt: number;
  #cpuMicros: number;
  #longestMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ now = () => performance.now(), cpuMicros = threadCpuMicros, ...rest }: StallMonitorOptions) {
    this.#options = { ...rest, now, cpuMicros };
    this.#tickedAt = now();
    this.#cpuMicros = cpuMicros();
    this.#seconds = new Histogram({
      name: "percale_event_loop_stall_seconds",
      help: `Times that the event loop was held for more than ${STALL_MS} ms`,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      registers: [rest.metrics],
    });
    const longest: Gauge = new Gauge({
      name: "percale_event_loop_longest_stall_seconds",
      help: "Longest time that the event loop was held",
      registers: [rest.metrics],
      collect: () => longest.set(this.#longestMs / 1000),
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Work that may hold the loop begins; the result ends it. */
  begin(label: string): () => void {
    const work = { label, startedAt: this.#options.now() };
    this.#underWay.add(work);
    return () => {
      if (this.#underWay.delete(work)) this.#endedSinceTick.push(work);
    };
  }

  /** Called every 20 ms if the loop is free: what it comes late by, somebody held the loop. */
  tick(): void {
    const { now, cpuMicros, log } = this.#options;
    const [at, cpu] = [now(), cpuMicros()];
    const ms = at - this.#tickedAt - TICK_MS;
    this.#longestMs = Math.max(this.#longestMs, ms);
    if (ms > STALL_MS) {
      this.#seconds.observe(ms / 1000);
      const cpuMs = Math.round((cpu - this.#cpuMicros) / 1000);
      log.warn("event loop was held", { ms: Math.round(ms), cpuMs, during: this.#suspects() });
    }
    this.#tickedAt = at;
    this.#cpuMicros = cpu;
    this.#endedSinceTick = [];
  }

  /** Newest first: what had waited long already is less likely. */
  #suspects(): string[] {
    const works = [...this.#endedSinceTick, ...this.#underWay].sort((a, b) => b.startedAt - a.startedAt);
    return works.slice(0, NAMED).map(({ label }) => label);
  }
}

function threadCpuMicros(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
