/** Every pair, again and again: what the kernel does with a packet right now, as the connectivity matrix shows it. */
import { setTimeout as delay } from "node:timers/promises";
import type { End } from "./status.ts";
import { addressOf } from "./status.ts";
import type { WorkloadProcess } from "./workload-process.ts";
import { isReached } from "./workload-process.ts";

// Together they bound how long a change stays unseen: a round that has just begun, and the time-out of the next.
const ROUND_MS = 400;
const TIMEOUT_MS = 300; // a lab's round trip takes well below one; what is slower than this was dropped

export interface Measured {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly proto: "tcp";
  readonly allowed: boolean;
  /** RFC 3339. */
  readonly at: string;
  readonly latencyMs: number;
}

export interface Target extends End {
  readonly process: WorkloadProcess;
}

export interface ProberOptions {
  readonly targets: () => readonly Target[];
  readonly report: (round: readonly Measured[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Probes until aborted. A round never waits for the report of the one before. */
export async function runProber({ targets, report, onError, now, signal }: ProberOptions): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    const round = await probeAll(targets(), now);
    if (signal.aborted) return;
    if (round.length > 0) void report(round).catch(onError);
    const rest = ROUND_MS - (performance.now() - startedAt);
    await delay(Math.max(50, rest), undefined, { signal }).catch(() => undefined);
  }
}

async function probeAll(targets: readonly Target[], now: () => Date): Promise<Measured[]> {
  const pairs = targets.flatMap((from) => targets.filter((to) => to !== from).map((to) => [from, to] as const));
  const results = await Promise.all(pairs.map(([from, to]) => measure(from, to, now)));
  return results.filter((one) => one !== undefined);
}

async function measure(from: Target, to: Target, now: () => Date): Promise<Measured | undefined> {
  const [port] = to.ports;
  const address = addressOf(to, 4) ?? addressOf(to, 6);
  if (port === undefined || address === undefined) return undefined;
  const result = await from.process.probe({ protocol: "tcp", address, port: port.port, timeoutMs: TIMEOUT_MS });
  if (result.kind === "error") return undefined;
  return {
    from: from.name,
    to: to.name,
    port: port.port,
    proto: "tcp",
    allowed: isReached(result),
    at: now().toISOString(),
    latencyMs: result.tookMs,
  };
}
