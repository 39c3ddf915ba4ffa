import type { Registry } from "@percale/daemon";
import type { RaisedCondition } from "@percale/protocol";
import type { SyncStep } from "./sync/held.ts";

/** What a message of the stream brings: objects of a snapshot under way, or a step from one state to the next. */
export type StreamStep = Extract<SyncStep, { t: "step" | "loading" }>;

/**
 * One thing that an agent does. What a part does not need, it leaves out.
 *
 *   metrics ─► start ─► run ∥ step, conditions, problem ─► (signal) ─► stop
 */
export interface AgentPart {
  /** kebab-case; names its readiness check too. */
  readonly name: string;
  /** Registers what the part measures. Once, before `start`. */
  metrics?(registry: Registry): void;
  /** Parts start one after another, in the order of the list; when this resolves, those behind may rely on it. What it throws ends the agent. */
  start?(): Promise<void>;
  /** Its work, from when all parts have started until `signal` aborts. Never gives up: see `runLoop`. */
  run?(signal: AbortSignal): Promise<void>;
  /** Every part gets every step, in the order of the list. */
  step?(step: StreamStep): void;
  /** All that it has to say, each time whole: what it says no more is over. Asked after each `changed()`. */
  conditions?(): readonly RaisedCondition[];
  /** Why the node is not ready, as far as this part goes. Must not block. */
  problem?(): string | undefined;
  /** When every `run` has ended, in the reverse order of starting. Kernel and BIRD go on without it. */
  stop?(): Promise<void> | void;
}
