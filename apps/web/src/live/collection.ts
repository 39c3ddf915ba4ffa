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

export function refOfEvent(event: ObjectEvent): ObjectRef {
  return event.t === "put" ? refOf(event.object) : event.ref;
}

/** The newest events, kept for lists that were asked for before and answered after them. */
export interface Recent {
  readonly add: (events: readonly ObjectEvent[]) => void;
  readonly of: (kind: string) => readonly ObjectEvent[];
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
    clear() {
      kept = [];
    },
  };
}
