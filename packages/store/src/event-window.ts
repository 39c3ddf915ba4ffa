import { refOf, sortKey } from "@percale/resources";
import type { EventType, KubeObject } from "@percale/resources";
import { heapBytes } from "./heap-bytes.ts";

/** One change of one object as the log holds it. Revisions have no gaps. */
export interface LogEvent {
  readonly revision: number;
  /** The last revision of the same change set. */
  readonly setEnd: number;
  readonly type: EventType;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

/** The newest events, in order and without gaps, for watchers that keep up. What falls out is still in the log. */
export class EventWindow {
  readonly #size: number;
  readonly #maxBytes: number;
  #events: Held[] = [];
  #base: number;
  #bytes = 0;

  /** At most `size` events, and `maxBytes` of what nothing but the window holds. `base` is the revision before the first event to come. */
  constructor({ size, maxBytes, base }: { readonly size: number; readonly maxBytes: number; readonly base: number }) {
    this.#size = size;
    this.#maxBytes = maxBytes;
    this.#base = base;
  }

  /** Everything after this revision is held. */
  get base(): number {
    return this.#base;
  }

  /** `bytes`: its `ownBytes`, which take long to count. */
  push(event: LogEvent, bytes: number): void {
    this.#events.push({ event, bytes });
    this.#bytes += bytes;
    while (this.#events.length > this.#size || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#events.shift()!.bytes; // a few microseconds at most
      this.#base++;
    }
  }

  /** The events after `since`, at most `limit` but never torn inside a change set; undefined once they are gone. */
  after(since: number, limit: number): readonly LogEvent[] | undefined {
    if (since < this.#base) return undefined;
    const from = since - this.#base;
    const cut = this.#events[from + limit - 1]?.event;
    const to = cut === undefined ? undefined : from + limit + (cut.setEnd - cut.revision);
    return this.#events.slice(from, to).map(({ event }) => event);
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

interface Held {
  readonly event: LogEvent;
  readonly bytes: number;
}

const EVENT_BYTES = 400;

/** An event's object is the newest state, or the next event's `previous`: only what it replaced is kept for the window's sake. */
export function ownBytes({ previous }: LogEvent): number {
  return EVENT_BYTES + (previous === undefined ? 0 : heapBytes(previous));
}
