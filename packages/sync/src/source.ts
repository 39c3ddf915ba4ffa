import type { EventType, KubeObject } from "@percale/resources";

/** Where a stream takes its objects from: a store, or another stream. Objects handed out are shared: never change them. */
export interface SyncSource {
  /** Identity of what revisions count. */
  readonly epoch: string;
  /** False while nothing certain can be said. */
  isConnected(): boolean;
  /** The newest revision. */
  head(): Promise<number>;
  /** Every object at one revision. */
  snapshot(): Promise<{ readonly revision: number; readonly objects: readonly KubeObject[] }>;
  /**
   * Every change after `since` once and in order, and now and then how far that is. Ends when `signal` aborts or the source closes; throws
   * a StatusError Expired where the past no longer reaches back so far.
   */
  follow(options: {
    readonly since: number;
    readonly signal: AbortSignal;
  }): AsyncIterable<SourceEvent | SourceBookmark>;
}

export interface SourceEvent {
  readonly revision: number;
  readonly type: EventType;
  /** After the change; for DELETED the last state. */
  readonly object: KubeObject;
  /** Before it. Of a change whose past is not known there is none: it then counts as one that everybody sees. */
  readonly previous?: KubeObject;
  /** The last event of its transaction. */
  readonly last: boolean;
}

export interface SourceBookmark {
  readonly type: "BOOKMARK";
  readonly revision: number;
}
