import type { SessionCounts } from "@percale/bgp";
import type { Condition } from "@percale/protocol";
import type { ObjectRef } from "@percale/resources";
import type { ActivityView } from "./history.ts";

export interface ConditionView extends Condition {
  /** `api`, `store` or the node's name. */
  readonly source: string;
  /** All nodes that it is about, where that is more than the source says. */
  readonly nodes?: readonly string[];
}

/** When a condition held. */
export interface SpellView extends Pick<Condition, "code" | "severity" | "title" | "since"> {
  readonly source: string;
  /** RFC 3339; absent: it still holds. */
  readonly until?: string | undefined;
}

export interface HealthHistoryView {
  /** As of the server's clock, which all times here are of. */
  readonly at: string;
  /** Of the last 24 hours, in order of beginning. */
  readonly spells: readonly SpellView[];
}

export interface OverviewView {
  readonly revision: number;
  readonly nodes: {
    readonly total: number;
    readonly connected: number;
    readonly inSync: number;
    /** Holding the newest revision in the kernel, or at most a second behind it. */
    readonly programmed: number;
  };
  readonly sessions: SessionCounts;
  readonly addresses: { readonly used: number; readonly size: number };
  /** By kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly workloads: { readonly total: number; readonly up: number };
  readonly conditions: { readonly error: number; readonly warning: number };
  /** The newest change sets, newest first. */
  readonly changes: readonly OverviewChange[];
}

export interface OverviewChange {
  /** The last revision of the set. */
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  readonly objects: readonly { readonly op: ActivityView["op"]; readonly ref: ObjectRef }[];
  /** Nodes whose kernel holds it, of those that report. */
  readonly programmedOn: number;
  readonly nodes: number;
}
