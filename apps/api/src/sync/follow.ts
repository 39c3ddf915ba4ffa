import { formatRef, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { StoreBookmark, StoreEvent } from "@percale/store";

export interface Step {
  readonly fromRev: number;
  readonly toRev: number;
  readonly puts: readonly KubeObject[];
  readonly deletes: readonly ObjectRef[];
}

const MAX_EVENTS = 2_000;

/**
 * Store events as steps: whatever is there already goes together, the newest of each object only, and a step always ends
 * where a change set ends. Bookmarks come through as steps that change nothing.
 */
export async function* stepsOf(events: AsyncIterable<StoreEvent | StoreBookmark>, since: number): AsyncGenerator<Step> {
  const iterator = events[Symbol.asyncIterator]();
  let fromRev = since;
  let pending = iterator.next();
  for (;;) {
    const first = await pending;
    if (first.done === true) return;
    const newest = new Map<string, StoreEvent>();
    let toRev = fromRev;
    let count = 0;
    let isWhole = true;
    let next: IteratorResult<StoreEvent | StoreBookmark> | undefined = first;
    while (next !== undefined && next.done !== true) {
      const event: StoreEvent | StoreBookmark = next.value;
      toRev = event.revision;
      if (event.type !== "BOOKMARK") {
        newest.set(formatRef(refOf(event.object)), event);
        isWhole = event.last;
        count++;
      }
      pending = iterator.next();
      pending.catch(() => undefined); // told where it is awaited
      // A change set is waited for to its end; after that only what is there at once joins.
      next = isWhole ? (count < MAX_EVENTS ? await atOnce(pending) : undefined) : await pending;
    }
    yield {
      fromRev,
      toRev,
      puts: [...newest.values()].flatMap(({ type, object }) => (type === "DELETED" ? [] : [object])),
      deletes: [...newest.values()].flatMap(({ type, object }) => (type === "DELETED" ? [refOf(object)] : [])),
    };
    fromRev = toRev;
  }
}

/** The value if it is there within this turn of the event loop. The promise stays good for later. */
function atOnce<T>(promise: Promise<T>): Promise<T | undefined> {
  const { promise: turn, resolve } = Promise.withResolvers<undefined>();
  setImmediate(resolve, undefined);
  return Promise.race([promise, turn]);
}
