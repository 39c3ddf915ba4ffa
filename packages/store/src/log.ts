import { refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Activity, AuthoredChangeSet } from "./datastore.ts";
import type { LogEvent } from "./event-window.ts";

/** The log as a driver keeps it: asked for what cache and window no longer hold. */
export interface Log {
  /** The newest committed revision. */
  head(): Promise<number>;
  /** The events after `since`: whole change sets, some at a time; none at the end of the log, or if it no longer reaches back so far. */
  read(since: number): Promise<readonly LogEvent[]>;
  /** What has to be put (or taken out: undefined), by sort key, to turn a kind's list at `to` back to `from`; undefined once that is gone. */
  undo(range: UndoRange): Promise<Undo | undefined>;
}

export interface UndoRange {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

export type Undo = ReadonlyMap<string, KubeObject | undefined>;

/** An event with what the log keeps of its change set. */
export type LogEntry = LogEvent & Pick<AuthoredChangeSet, "author" | "reason" | "requestId"> & { readonly at: string };

export function activityOf({ type: op, object, reason = "", requestId = "", ...entry }: LogEntry): Activity {
  return { ...entry, reason, requestId, op, ref: refOf(object), object };
}
