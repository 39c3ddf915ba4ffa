import { expect } from "vitest";
import {
  create,
  created,
  createMany,
  deleted,
  KIND,
  networkSet,
  networkSets,
  take,
  told,
  update,
  write,
} from "./acting.ts";
import type { Behaviours } from "./driver.ts";

/** Of one kind at a time, as any store can tell it. */
export const watches: Behaviours = {
  "a watch gives every change of a kind once and in order, with what each replaced": async ({ store }) => {
    const since = await store.head();
    const object = await create(store);
    const changed = await update(store, { ...object, spec: { nets: [] } });
    await write(store, [deleted(object)]);
    const events = await take(store.watch({ since, kinds: [KIND] }), 3);
    expect(events.map(({ type, object: is, previous }) => [type, is, previous])).toEqual([
      ["ADDED", object, undefined],
      ["MODIFIED", changed, object],
      [
        "DELETED",
        { ...changed, metadata: { ...changed.metadata, resourceVersion: String(events[2]!.revision) } },
        changed,
      ],
    ]);
  },

  "without a beginning a watch tells what comes from now on": async ({ store }) => {
    await create(store);
    const events = take(store.watch({ kinds: [KIND] }), 1);
    const next = await create(store);
    expect(told(await events)).toEqual([`ADDED ${next.metadata.name}`]);
  },

  "a watch tells of its kinds and its namespace only": async ({ store }) => {
    const since = await store.head();
    const at = (namespace: string) => ({
      ...networkSet(),
      kind: "NetworkSet",
      metadata: { namespace, name: namespace },
    });
    await create(store);
    for (const namespace of ["a", "b", "a-b"]) await create(store, at(namespace));
    expect(told(await take(store.watch({ since, kinds: ["NetworkSet"] }), 3))).toEqual([
      "ADDED a",
      "ADDED b",
      "ADDED a-b",
    ]);
    const inB = await take(store.watch({ since, namespace: "b", kinds: ["NetworkSet"] }), 1);
    expect(told(inB)).toEqual(["ADDED b"]);
  },

  "an event says whether it is the last of its change set that the watch sees": async ({ store }) => {
    const since = await store.head();
    const profile = { ...networkSet("p"), kind: "Profile" };
    const [a, b, c] = networkSets(3);
    await write(store, [created(a!), created(b!), created(profile)]);
    await write(store, [created(c!)]);
    const events = await take(store.watch({ since, kinds: [KIND] }), 3);
    expect(events.map(({ last }) => last)).toEqual([false, true, true]);
  },

  "a watch ends when it is aborted, also while it waits": async ({ store }) => {
    const stop = new AbortController();
    const ended = take(store.watch({ signal: stop.signal, kinds: [KIND] }), 1);
    await create(store, { ...networkSet("p"), kind: "Profile" });
    stop.abort();
    expect(await ended).toEqual([]);
  },

  "a watcher that asks for bookmarks hears how far it has come": async ({ store }) => {
    const watch = store.watch({ kinds: ["Profile"], bookmarks: true })[Symbol.asyncIterator]();
    const first = watch.next();
    await createMany(store, 3);
    const head = await store.head();
    let bookmark = await first;
    while (bookmark.value.revision < head) bookmark = await watch.next();
    expect(bookmark.value).toEqual({ type: "BOOKMARK", revision: head });
    await watch.return?.();
  },
};
