import { expect, test } from "vitest";
import { API_VERSION } from "@percale/resources";
import { Cache } from "./cache.ts";
import type { StoreBookmark, StoreEvent, WatchOptions } from "./datastore.ts";
import type { LogEvent } from "./event-window.ts";
import { watchEvents } from "./watch.ts";

const eventOf = (revision: number, kind = "Profile"): LogEvent => ({
  revision,
  setEnd: revision,
  type: "ADDED",
  object: { apiVersion: API_VERSION, kind, metadata: { name: `p-${revision}` }, spec: {} },
});
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => eventOf(from + i));
const told = (event: StoreEvent | StoreBookmark) => `${event.type} ${event.revision}`;

/** A watch of a cache that has forgotten all before its revision, over a log that answers with these, one after another. */
function watchOf(
  cache: Cache,
  options: WatchOptions,
  answers: readonly (readonly LogEvent[] | Error)[] = [],
  bookmarkMs = 1,
) {
  const asked: number[] = [];
  const left = [...answers];
  const read = async (since: number): Promise<readonly LogEvent[]> => {
    asked.push(since);
    const next = left.shift()!;
    if (next instanceof Error) throw next;
    return next;
  };
  const closing = new AbortController();
  const position = { revision: options.since ?? cache.revision };
  const watch = watchEvents({ cache, log: { read }, closed: closing.signal, bookmarkMs }, position, options);
  return { watch, asked, position, close: () => closing.abort() };
}

async function take(watch: AsyncGenerator<StoreEvent | StoreBookmark>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = await watch.next();
    if (done === true) break;
    taken.push(told(value));
  }
  return taken;
}

const cacheAt = (revision: number) => new Cache({ objects: [], revision, windowSize: 100 });

test("what the window has forgotten comes out of the log, the rest out of the window", async () => {
  const cache = cacheAt(4);
  cache.advance(events(5, 6));
  const { watch, asked, position } = watchOf(cache, { since: 0 }, [events(1, 2), events(3, 4)]);
  expect(await take(watch, 6)).toEqual(events(1, 6).map(({ revision }) => `ADDED ${revision}`));
  await watch.return(undefined);
  expect([asked, position.revision]).toEqual([[0, 2], 4]);
});

test("a log that can't be read is asked again", async () => {
  const { watch, asked } = watchOf(cacheAt(2), { since: 0 }, [new Error("connection lost"), events(1, 2)]);
  expect(await take(watch, 2)).toEqual(["ADDED 1", "ADDED 2"]);
  expect(asked).toEqual([0, 0]);
});

test.each<[what: string, answer: readonly LogEvent[]]>([
  ["nothing", []],
  ["what comes later", events(2, 2)],
])("a log that has %s where the next event should be no longer reaches back so far", async (_, answer) => {
  await expect(watchOf(cacheAt(4), { since: 0 }, [answer]).watch.next()).rejects.toMatchObject({ reason: "Expired" });
});

test("bookmarks come while nothing that is wanted does, and say how far it is", async () => {
  const cache = cacheAt(0);
  const { watch } = watchOf(cache, { kinds: ["Tier"], bookmarks: true }, []);
  const seen = [watch.next()];
  cache.advance(events(1, 3));
  while (told((await seen.at(-1)!).value) !== "BOOKMARK 3") seen.push(watch.next());
  cache.advance([eventOf(4, "Tier")]);
  while (told((await seen.at(-1)!).value) !== "ADDED 4") seen.push(watch.next());
  await watch.return(undefined);
});

test("no bookmark comes before its time, nor without being asked for", async () => {
  const cache = cacheAt(0);
  const patient = watchOf(cache, { kinds: ["Tier"], bookmarks: true }, [], 3_600_000);
  const silent = watchOf(cache, { kinds: ["Tier"] }, []);
  const next = [patient.watch.next(), silent.watch.next()];
  cache.advance(events(1, 3));
  cache.advance([eventOf(4, "Tier")]);
  expect((await Promise.all(next)).map(({ value }) => told(value))).toEqual(["ADDED 4", "ADDED 4"]);
  for (const { watch } of [patient, silent]) await watch.return(undefined);
});

test.each(["the store", "the watcher"])("a watch ends when %s ends it, without the rest of a batch", async (who) => {
  const cache = cacheAt(0);
  cache.advance(events(1, 3));
  const stop = new AbortController();
  const { watch, close } = watchOf(cache, { since: 0, signal: stop.signal });
  expect(await take(watch, 1)).toEqual(["ADDED 1"]);
  if (who === "the store") close();
  else stop.abort();
  expect((await watch.next()).done).toBe(true);
});
