import type { AgentStatus, Hearing } from "@percale/protocol";
import type { EventType, KubeObject } from "@percale/resources";

/** Who was heard when, at each beat (`BEAT_MS`); all in milliseconds, since no clock is another machine's. `hearingOf` judges it. */
export interface BeatView {
  readonly t: "beat";
  /** Since the database was heard. */
  readonly storeMs: number;
  /** For how long this server has been listening to it without a pause. */
  readonly attentionMs: number;
  /** For how long it has been asking agents without one. */
  readonly askingMs: number;
  /** Since each node's agent was heard, those alone that were. */
  readonly nodes: Readonly<Record<string, number>>;
}

export interface LiveEvent {
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly type: EventType;
  readonly object: KubeObject;
}

export interface NodeStatusView<Status = NodeReportView> {
  readonly node: string;
  /** As of now; a dashboard hears it at each beat. */
  readonly hearing: Hearing;
  /** Since the agent said anything at all; absent: not since this server began. */
  readonly heardMs?: number;
  /** When its newest report was kept. */
  readonly lastSeen: string;
  readonly status: Status;
}

/** What every page may show of a node. Who shows its routes or sessions asks for them: `nodes.routes`, `bgp.sessions`. */
export type NodeReportView = Omit<AgentStatus, "routes" | "sessions">;

export interface NodesView {
  /** These are all; else those that changed. */
  readonly isWhole: boolean;
  readonly nodes: readonly NodeStatusView[];
}
