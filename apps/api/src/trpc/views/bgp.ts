import type { JudgedSession, SessionCounts } from "@percale/bgp";
import type { BgpSession } from "@percale/protocol";

export interface BgpSessionsView {
  /** All nodes. */
  readonly nodes: readonly { readonly node: string; readonly isHeard: boolean }[];
  readonly sessions: readonly BgpSessionView[];
}

/** One session: a pair of ends and one address family. */
export interface BgpSessionView extends Omit<JudgedSession, "ends" | "diagnosis"> {
  /** One or two, by name of the node. */
  readonly ends: readonly BgpEndView[];
  /** Of a session that has been down for longer than it takes to come up. */
  readonly cause?: { readonly reason: string; readonly advice: string; readonly facts: string };
}

export interface BgpEndView extends BgpSession {
  readonly node: string;
  /** Else what it says is its last word. */
  readonly isHeard: boolean;
  readonly birdRuns: boolean;
}

export interface BgpCountsView {
  readonly all: SessionCounts;
  /** Of every node: a session of two nodes counts at both. */
  readonly byNode: Readonly<Record<string, SessionCounts>>;
}
