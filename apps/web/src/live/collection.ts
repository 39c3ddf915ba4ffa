import { formatRef, type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";

/** One change of one object, as the watch delivers it. */
export type ObjectEvent =
  | { readonly t: "put"; readonly revision: number; readonly object: KubeObject }
  | { readonly t: "delete"; readonly revision: number; readonly ref: ObjectRef };

/** All objects of a kind as of a revision. */
export interface Collection {
  readonly revision: number;
  readonly items: readonly KubeObject[];
}

/**
 * The collection after these events; the same one if none of them is news. Events at or before its revision are already in it.
 * Objects that did not change keep their identity, so only what changed paints again.
 */
export function applyEvents(collection: Collection, events: readonly ObjectEvent[]): Collection {
  const news = events.filter((event) => event.revision > collection.revision);
  if (news.length === 0) return collection;
  const last = new Map(news.map((event) => [formatRef(refOfEvent(event)), event]));
  const items: KubeObject[] = [];
  for (const item of collection.items) {
    const ref = formatRef(refOf(item));
    const event = last.get(ref);
    if (event === undefined) items.push(item);
    else {
      last.delete(ref);
      if (event.t === "put") items.push(event.object);
    }
  }
  for (const event of last.values()) if (event.t === "put") items.push(event.object);
  return { revision: Math.max(collection.revision, ...news.map((event) => event.revision)), items };
}

/** One object as of a revision; undefined where there is none. */
export interface Single {
  readonly revision: number;
  readonly object: KubeObject | undefined;
}

/** The object of a name after events; the same one if none of them is news. */
export function oneAfter(single: Single, ref: ObjectRef, events: readonly ObjectEvent[]): Single {
  const name = formatRef(ref);
  const last = events.findLast((event) => event.revision > single.revision && formatRef(refOfEvent(event)) === name);
  if (last === undefined) return single;
  return { revision: last.revision, object: last.t === "put" ? last.object : undefined };
}

export function refOfEvent(event: ObjectEvent): ObjectRef {
  return event.t === "put" ? refOf(event.object) : event.ref;
}

/** The newest events, kept for lists that were asked for before and answered after them. */
export interface Recent {
  readonly add: (events: readonly ObjectEvent[]) => void;
  readonly of: (kind: string) => readonly ObjectEvent[];
  /** Of the newest of them; 0 if there are none. */
  readonly revision: () => number;
  readonly clear: () => void;
}

export function createRecent(limit = 5000): Recent {
  let kept: ObjectEvent[] = [];
  return {
    add(events) {
      kept.push(...events);
      if (kept.length > 2 * limit) kept = kept.slice(-limit);
    },
    of: (kind) => kept.filter((event) => refOfEvent(event).kind === kind),
    revision: () => kept.at(-1)?.revision ?? 0,
    clear() {
      kept = [];
    },
  };
}
