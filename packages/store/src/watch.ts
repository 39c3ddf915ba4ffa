import { untilDone } from "@percale/daemon";
import { expired } from "@percale/resources";
import type { Cache } from "./cache.ts";
import type { StoreBookmark, StoreEvent, WatchOptions } from "./datastore.ts";
import type { LogEvent } from "./event-window.ts";
import type { Log } from "./log.ts";
import { DATABASE_BACKOFF } from "./patience.ts";

const BATCH = 1_000;

export interface WatchSources {
  readonly cache: Cache;
  readonly log: Pick<Log, "read">;
  /** Aborts when the store closes. */
  readonly closed: AbortSignal;
  readonly bookmarkMs: number;
}

/** Where a watch stands, so that compaction can leave what it still needs. */
export interface WatchPosition {
  revision: number;
}

/**
 * From the window while it reaches back far enough, else from the log: a slow watcher costs reads, not memory.
 * `position.revision` is where to begin and, later, how far it came.
 */
export async function* watchEvents(
  { cache, log, closed, bookmarkMs }: WatchSources,
  position: WatchPosition,
  { kinds, namespace, signal, bookmarks = false }: WatchOptions,
): AsyncGenerator<StoreEvent | StoreBookmark> {
  const stop = signal === undefined ? closed : AbortSignal.any([signal, closed]);
  const wanted = kinds === undefined ? undefined : new Set(kinds);
  const isWanted = ({ object }: LogEvent): boolean =>
    (wanted?.has(object.kind) ?? true) && (namespace === undefined || object.metadata.namespace === namespace);
  let toldAt = Date.now();
  while (!stop.aborted) {
    const events = cache.window.after(position.revision, BATCH) ?? (await readOld(log, position.revision, stop));
    const seen = events.filter(isWanted);
    for (const [index, { revision, setEnd, type, object, previous }] of seen.entries()) {
      if (stop.aborted) return;
      const last = seen[index + 1]?.setEnd !== setEnd;
      yield { revision, type, object, ...(previous !== undefined && { previous }), last };
    }
    if (seen.length > 0) toldAt = Date.now();
    position.revision = events.at(-1)?.revision ?? position.revision;
    if (bookmarks && Date.now() - toldAt >= bookmarkMs) {
      yield { type: "BOOKMARK", revision: position.revision };
      toldAt = Date.now();
    }
    if (events.length > 0) continue;
    if (bookmarks) await isPastBy(cache, position.revision, { stop, dueAt: toldAt + bookmarkMs });
    else await cache.isPast(position.revision, stop);
  }
}

async function isPastBy(
  cache: Cache,
  revision: number,
  { stop, dueAt }: { readonly stop: AbortSignal; readonly dueAt: number },
): Promise<void> {
  const due = new AbortController();
  const timer = setTimeout(() => due.abort(), Math.max(0, dueAt - Date.now()));
  await cache.isPast(revision, AbortSignal.any([stop, due.signal]));
  clearTimeout(timer);
}

/** The next events from the log. A watch outlives a lost connection, so this waits for a lost one to come back. */
async function readOld(log: Pick<Log, "read">, since: number, stop: AbortSignal): Promise<readonly LogEvent[]> {
  const events = await untilDone({
    attempt: () => log.read(since),
    onError: () => undefined, // who keeps the connection tells of it
    signal: stop,
    backoff: DATABASE_BACKOFF,
  });
  if (events === undefined) return [];
  // Revisions have no gaps: if the next one isn't there, compaction took it.
  if (events[0]?.revision !== since + 1) throw expired();
  return events;
}
