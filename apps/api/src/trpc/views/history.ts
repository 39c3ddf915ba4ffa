import type { ChangeSetResult } from "@percale/protocol";
import type { EventType, KubeObject, ObjectRef } from "@percale/resources";

/** One change of one object; those of one change set share `setEnd`. */
export interface ActivityView {
  readonly revision: number;
  readonly setEnd: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  /** "" where no request asked for it. */
  readonly requestId: string;
  readonly op: EventType;
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

/** Newest first. */
export interface ActivityPageView {
  readonly activities: readonly ActivityView[];
  /** Absent at the log's beginning; what to ask for next as `before`. Of large objects a page holds less than was asked for. */
  readonly next?: number;
}

/** Writes that were made together, without what was written. */
export interface ChangeSetView {
  /** Its last, and its name. */
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  /** "" where no request asked for it. */
  readonly requestId: string;
  /** In the order in which they were written, the first of them. */
  readonly entries: readonly { readonly revision: number; readonly op: EventType; readonly ref: ObjectRef }[];
  /** All of them. */
  readonly objects: number;
}

/** Newest first. */
export interface ChangeSetPageView {
  readonly sets: readonly ChangeSetView[];
  /** Absent at the log's beginning; what to ask for next as `before`. */
  readonly next?: number;
}

/** What a change set did. */
export interface ChangeSetEffect {
  readonly revision: number;
  /** Pairs of the lab that it made possible, and impossible, of so many that are probed. */
  readonly allowed: number;
  readonly denied: number;
  readonly pairs: number;
  /** Written by it, or selected by a policy that it wrote; absent of a set that wrote too much for them to be counted. */
  readonly endpoints?: number;
}

/** The objects in the order of the changes: the first of them, as many as fit into an answer. */
export type ApplyView = ChangeSetResult & { readonly warnings: readonly string[] };
