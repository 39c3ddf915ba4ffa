import { refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { sortKey } from "./object-table.ts";

/** One change of one object as the log holds it. Revisions have no gaps. */
export interface LogEvent {
  readonly revision: number;
  /** The last revision of the same change set. */
  readonly setEnd: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

/** The newest events, in order and without gaps, for watchers that keep up. */
export class EventWindow {
  readonly #size: number;
  #events: LogEvent[] = [];
  #start = 0; // index of the oldest event still held
  #base: number;

  /** `base` is the revision before the first event to come. */
  constructor({ size, base }: { readonly size: number; readonly base: number }) {
    this.#size = size;
    this.#base = base;
  }

  /** Everything after this revision is held. */
  get base(): number {
    return this.#base;
  }

  push(event: LogEvent): void {
    this.#events.push(event);
    if (this.#events.length - this.#start <= this.#size) return;
    this.#start++;
    this.#base++;
    if (this.#start < this.#size) return;
    this.#events = this.#events.slice(this.#start); // now and then, so that dropping costs O(1) on average
    this.#start = 0;
  }

  /** The events after `since`, at most `limit` but never torn inside a change set; undefined once they are gone. */
  after(since: number, limit: number): readonly LogEvent[] | undefined {
    if (since < this.#base) return undefined;
    const from = this.#start + since - this.#base;
    const cut = this.#events[from + limit - 1];
    return this.#events.slice(from, cut === undefined ? undefined : from + limit + (cut.setEnd - cut.revision));
  }

  /** What has to be put (or taken out: undefined) to turn the newest list of a kind back to `revision`; undefined once that is gone. */
  undo(kind: string, revision: number): ReadonlyMap<string, KubeObject | undefined> | undefined {
    const events = this.after(revision, Number.MAX_SAFE_INTEGER);
    if (events === undefined) return undefined;
    const before = new Map<string, KubeObject | undefined>();
    for (const { object, previous } of events) {
      const { namespace, name } = refOf(object);
      const key = sortKey(namespace, name);
      if (object.kind === kind && !before.has(key)) before.set(key, previous);
    }
    return before;
  }
}
