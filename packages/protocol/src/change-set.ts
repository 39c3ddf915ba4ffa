import type { KubeObject, ObjectRef } from "@percale/resources";

/**
 * One edit, from any door: one or many objects that are written together or not at all.
 * Agents, the CLI, REST and the browser all write through it.
 */
export type Change =
  | { readonly op: "create"; readonly object: KubeObject }
  /** Replaces the object. `metadata.resourceVersion` is the precondition and must be set. */
  | { readonly op: "update"; readonly object: KubeObject; readonly subresource?: "status" }
  | {
      readonly op: "delete";
      readonly ref: ObjectRef;
      /** Preconditions; either may be absent. */
      readonly uid?: string;
      readonly resourceVersion?: string;
    };

export interface ChangeSet {
  readonly changes: readonly Change[];
  /** Who asks, as shown in Activity: `alice`, `system:node:node-1`. The server overwrites what a client claims. */
  readonly author?: string;
  /** One line, kept beside the revisions, shown in Activity. */
  readonly reason?: string;
  /** Run every check, store nothing. */
  readonly dryRun?: boolean;
  /** Seconds within which somebody has to confirm it: else it is turned back, whatever became of who wrote it. */
  readonly confirmWithin?: number;
}

/** Results in the order of the changes: the stored object, or for a delete the last state (with `deletionTimestamp` if finalizers hold it). */
export interface ChangeSetResult {
  /** Position in the revision log after this set and what follows from it (a namespace that it implies), as text. */
  readonly resourceVersion: string;
  readonly objects: readonly KubeObject[];
  /** What to confirm, where it was written to be: deleting the PendingChange of this name does. */
  readonly pending?: { readonly name: string; readonly deadline: string };
}
