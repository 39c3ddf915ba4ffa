import type { DataplaneConfig, NodeUpdate } from "@percale/policy";
import type { RaisedCondition } from "@percale/protocol";
import type { ObjectRef } from "@percale/resources";
import type { DriverName } from "./policy/drivers.ts";

/** Structured log lines, as every daemon writes them. */
export interface DataplaneLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface DataplaneOptions {
  /** Namespace to work in, by name or path; this process's own if absent. */
  readonly netns?: string;
  readonly log: DataplaneLog;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** What enforces policy; nftables if absent. */
  readonly driver?: DriverName;
  /** Own the nftables tables where the kernel can (6.9): nobody else may change them then while this lives. On by default. */
  readonly ownTables?: boolean;
  /** Until a `config` update says otherwise. */
  readonly config?: Partial<DataplaneConfig>;
}

export interface ApplyReport {
  /** From the call to the kernel's commit, waiting included. */
  readonly tookMs: number;
  /** Netlink messages in the batch; 0 if the kernel already agreed. */
  readonly messages: number;
  readonly bytes: number;
  /** Policies that the kernel refused and that now deny what they would have allowed. */
  readonly refused: readonly ObjectRef[];
}

export interface EndpointState {
  readonly ref: ObjectRef;
  readonly interfaceName: string;
  readonly state: "up" | "down" | "error";
  /** Link whose packets go by its policy. */
  readonly ifIndex?: number;
  /** Why it is not up. */
  readonly detail?: string;
}

export interface DataplaneState {
  readonly endpoints: readonly EndpointState[];
  readonly counts: {
    readonly endpoints: number;
    readonly policies: number;
    readonly profiles: number;
    readonly sets: number;
    readonly setMembers: number;
    readonly routes: number;
  };
  readonly conditions: readonly RaisedCondition[];
  readonly driftRepairs: { readonly count: number; readonly lastAt?: string; readonly lastDetail?: string };
}

/** A node's kernel, kept equal to its desired state. */
export interface Dataplane {
  /** Resolves when dispatch fails closed: no workload packet passes that nothing allows. Never loosens what is there already. */
  start(): Promise<void>;
  /**
   * Resolves when the kernel has committed it, and all that came before; what comes while a pass is on its way goes together into
   * the next. A pass that fails is tried again every second, so this rejects only if the dataplane is closed before. The first
   * updates are taken as the whole desired state (in sync): kernel state that they do not name goes away then.
   */
  apply(updates: readonly NodeUpdate[]): Promise<ApplyReport>;
  /** Resolves when all that was handed over so far has been tried, well or not. */
  tried(): Promise<void>;
  state(): DataplaneState;
  /** Those of `state()`, without making the rest of it; since when, says who keeps them. */
  conditions(): readonly RaisedCondition[];
  /** One endpoint of `state()`, without making the rest of it; undefined if there is none or it was not looked at yet. */
  endpointState(ref: ObjectRef): EndpointState | undefined;
  /** Calls back after anything in `state()` changed. Returns how to stop. */
  on(listener: () => void): () => void;
  /** Lets go of sockets and timers; the kernel keeps enforcing. */
  close(): Promise<void>;
  /** Deletes our tables and routes, then closes. */
  remove(): Promise<void>;
}
