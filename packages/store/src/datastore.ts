import type { ChangeSet, ChangeSetResult } from "@percale/protocol";
import type { EventType, KubeObject, ObjectRef, StatusError, StoreContext } from "@percale/resources";

/**
 * What the product asks of a store of objects; `contract/` says it in tests. Every failure is a StatusError: NotFound, AlreadyExists,
 * Conflict, Invalid, Expired, Timeout, or ServiceUnavailable while the database can't be reached. Objects handed out are shared: never
 * change them.
 */
export interface Datastore {
  /** The store's identity: revisions of another epoch are not comparable. */
  readonly epoch: string;
  /** The newest committed revision, asked of the database. */
  head(): Promise<number>;
  /** Consistent: sees every write acknowledged before the call. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(options: ListOptions): Promise<ObjectList>;
  /** All of the set or nothing. Concurrent calls share commits; their order is the order of revisions. */
  apply(changeSet: AuthoredChangeSet, options?: ApplyOptions): Promise<ChangeSetResult>;
  /** Every change after `since` once and in order, over lost connections too. Ends when `signal` aborts. */
  watch(options: WatchOptions & { readonly bookmarks: true }): AsyncIterable<StoreEvent | StoreBookmark>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent>;
  /** Every object at one revision. */
  snapshot(kinds?: readonly string[]): Promise<Snapshot>;
  /** What happened to one object, newest first; of large objects less than was asked for. */
  history(ref: ObjectRef, options?: { readonly limit?: number }): Promise<Activity[]>;
  /** What happened, newest first, before the revision `before`; of large objects less than was asked for, but something if there is any. */
  changes(options?: { readonly limit?: number; readonly before?: number }): Promise<Activity[]>;
  /** The first revision that the log still has; undefined if there is none. */
  oldest(): Promise<number | undefined>;
  compact(options?: Retention): Promise<{ readonly removed: number }>;
  /** False while the database can't be reached: reads at a past revision still answer, writes get 503. */
  isConnected(): boolean;
  /** Since the database last answered: it is asked at each beat (`BEAT_MS`), behind no other question. Also what hangs shows here. */
  heardMs(): number;
  /** Ends watches, waits for writes under way. Twice is once. */
  close(): Promise<void>;
}

export interface ListOptions {
  readonly kind: string;
  readonly namespace?: string;
  /** Absent: newest. Otherwise a state at least as new as this one; 0 takes what is at hand, also without a database. */
  readonly revision?: number;
  /** Exactly at `revision`; Expired once the window has moved past it. */
  readonly exact?: boolean;
}

/** In the order of namespace, then name. */
export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly revision: number;
}

export interface Snapshot {
  readonly revision: number;
  readonly objects: readonly KubeObject[];
}

export type AuthoredChangeSet = ChangeSet & {
  readonly author: string;
  /** Of the request that brought it, kept beside the revisions: logs have it too. */
  readonly requestId?: string;
};

export interface ApplyOptions {
  /**
   * Rules that need other objects (pool overlap, existing tier). Called for each change while the store stands still at its head,
   * with the earlier changes of the group in sight; what it throws or returns refuses this set alone. May be called again for the same change.
   */
  readonly check?: (context: CheckContext) => StatusError | undefined | void;
}

export type CheckContext = StoreContext & { readonly subresource?: "status" };

export interface WatchOptions {
  readonly kinds?: readonly string[];
  readonly namespace?: string;
  /** Absent: from now on. Expired if the log no longer reaches back so far. */
  readonly since?: number;
  readonly signal?: AbortSignal;
  /** Say after 15 s of silence how far the watch has come, for filters that let little through. */
  readonly bookmarks?: boolean;
}

export interface StoreEvent {
  readonly revision: number;
  readonly type: EventType;
  /** After the change; for DELETED the last state, with the revision of the deletion. */
  readonly object: KubeObject;
  readonly previous?: KubeObject;
  /** The last event, of those this watch sees, of its change set. */
  readonly last: boolean;
}

export interface StoreBookmark {
  readonly type: "BOOKMARK";
  readonly revision: number;
}

export interface Activity {
  readonly revision: number;
  /** The last revision of the same change set. */
  readonly setEnd: number;
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  /** "" where no request asked for it. */
  readonly requestId: string;
  readonly op: StoreEvent["type"];
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

/** History is removed only where both allow it. */
export interface Retention {
  readonly keepRevisions?: number;
  readonly olderThan?: Date;
}

/** What every driver lets its opener choose. */
export interface StoreOptions {
  readonly now?: () => Date;
  /** Events kept in memory for watchers, and the memory that they may take; older ones are read from the log. */
  readonly windowSize?: number;
  readonly windowBytes?: number;
  /** Patience with a revision from the future. */
  readonly waitMs?: number;
  /** How long a watch with bookmarks is silent at most. */
  readonly bookmarkMs?: number;
}
