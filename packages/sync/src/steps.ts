import { charactersLeft, formatRef, objectAfter, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { SourceBookmark, SourceEvent } from "./source.ts";

/** From one state that existed to another. */
export interface Step {
  readonly fromRev: number;
  readonly toRev: number;
  readonly changes: readonly ObjectChange[];
}

/** What became of one object within a step. */
export interface ObjectChange {
  readonly ref: ObjectRef;
  /** What it was, each thing that it was meanwhile, what it is; undefined: it did not exist, or nobody knows. */
  readonly states: readonly [KubeObject | undefined, ...(KubeObject | undefined)[]];
}

const MAX_EVENTS = 2_000;
/** Of JSON, about: whoever reads slowly has a step in memory until he has read it. */
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Events as steps: whatever is there already goes together, and a step always ends where a transaction ends. Bookmarks come through as
 * steps that change nothing.
 */
export async function* stepsOf(
  events: AsyncIterable<SourceEvent | SourceBookmark>,
  since: number,
): AsyncGenerator<Step> {
  const iterator = events[Symbol.asyncIterator]();
  let fromRev = since;
  let pending = iterator.next();
  for (;;) {
    const first = await pending;
    if (first.done === true) return;
    const changeByKey = new Map<
      string,
      { ref: ObjectRef; states: [KubeObject | undefined, ...(KubeObject | undefined)[]] }
    >();
    let toRev = fromRev;
    let count = 0;
    let room = MAX_CHARACTERS;
    let isWhole = true;
    let next: IteratorResult<SourceEvent | SourceBookmark> | undefined = first;
    while (next !== undefined && next.done !== true) {
      const event: SourceEvent | SourceBookmark = next.value;
      toRev = event.revision;
      if (event.type !== "BOOKMARK") {
        const ref = refOf(event.object);
        const change = changeByKey.get(formatRef(ref)) ?? { ref, states: [event.previous] };
        change.states.push(objectAfter(event));
        changeByKey.set(formatRef(ref), change);
        isWhole = event.last;
        count++;
        if (room > 0) room = charactersLeft(event.object, room);
      }
      pending = iterator.next();
      pending.catch(() => undefined); // told where it is awaited
      // A transaction is waited for to its end; after that only what is there at once joins.
      const isFull = count >= MAX_EVENTS || room <= 0;
      next = isWhole ? (isFull ? undefined : await atOnce(pending)) : await pending;
    }
    yield { fromRev, toRev, changes: [...changeByKey.values()] };
    fromRev = toRev;
  }
}

/** The value if it is there within this turn of the event loop. The promise stays good for later. */
function atOnce<T>(promise: Promise<T>): Promise<T | undefined> {
  const { promise: turn, resolve } = Promise.withResolvers<undefined>();
  setImmediate(resolve, undefined);
  return Promise.race([promise, turn]);
}
