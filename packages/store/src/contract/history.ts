import { expect } from "vitest";
import { refOf } from "@percale/resources";
import { create, created, createMany, deleted, networkSets, revisions, update, updated, write } from "./acting.ts";
import type { Behaviours } from "./driver.ts";

/** Who changed what, when and why. */
export const history: Behaviours = {
  "history tells who did what and why, and which request asked for it, newest first": async ({ store }) => {
    const first = await create(store);
    const smaller = { ...first, spec: { nets: [] } };
    await store.apply({ author: "bob", reason: "smaller", requestId: "request-1", changes: [updated(smaller)] });
    await create(store);
    const [newest, oldest, ...more] = await store.history(refOf(first));
    const revision = Number(first.metadata.resourceVersion);
    expect(oldest).toEqual({
      revision,
      setEnd: revision,
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      author: "alice",
      reason: "",
      requestId: "",
      op: "ADDED",
      ref: refOf(first),
      object: first,
    });
    expect(newest).toMatchObject({
      author: "bob",
      reason: "smaller",
      requestId: "request-1",
      op: "MODIFIED",
      previous: first,
    });
    expect(more).toEqual([]);
    expect(await store.history(refOf(first), { limit: 1 })).toEqual([newest]);
  },

  "changes are those of all objects, page by page": async ({ store }) => {
    const since = await store.head();
    const [a, b] = networkSets(2);
    await write(store, [a!, b!].map(created));
    await write(store, [deleted(a!)]);
    const all = (await store.changes()).slice(0, 3);
    expect(all.map(({ revision, setEnd, op }) => [revision - since, setEnd - since, op])).toEqual([
      [3, 3, "DELETED"],
      [2, 2, "ADDED"],
      [1, 2, "ADDED"],
    ]);
    const [newest, ...older] = all;
    expect(await store.changes({ limit: 1 })).toEqual([newest]);
    expect(await store.changes({ limit: 2, before: newest!.revision })).toEqual(older);
  },

  "compaction keeps as many revisions as it is told, and whole change sets": async ({ store }) => {
    await createMany(store, 20);
    await write(store, networkSets(5).map(created));
    await createMany(store, 3);
    const head = await store.head();
    expect(await store.oldest()).toBe(1);
    await store.compact({ keepRevisions: 5 }); // would cut into the set of five
    expect(await store.oldest()).toBe(head - 7);
    expect((await store.changes()).length).toBe(8);
    expect(await store.compact({ keepRevisions: 5 })).toEqual({ removed: 0 });
  },

  "compaction keeps what is younger than it is told, and a thousand revisions if told nothing": async ({ store }) => {
    await createMany(store, 20);
    const kept = revisions(await store.changes());
    await store.compact({ keepRevisions: 1, olderThan: new Date(Date.now() - 60_000) });
    await store.compact();
    expect(revisions(await store.changes())).toEqual(kept);
    await store.compact({ keepRevisions: 1, olderThan: new Date(Date.now() + 60_000) });
    expect(revisions(await store.changes())).toEqual(kept.slice(0, 1));
  },

  "an empty log has no oldest revision": async ({ store }) => {
    expect([await store.oldest(), await store.changes()]).toEqual([undefined, []]);
  },

  "compaction takes no object away": async ({ store }) => {
    const object = await create(store);
    const changed = await update(store, { ...object, spec: {} });
    await createMany(store, 10);
    await store.compact({ keepRevisions: 1 });
    expect(await store.get(refOf(object))).toEqual(changed);
    expect(await store.history(refOf(object))).toEqual([]);
  },
};
