import { setImmediate } from "node:timers/promises";
import { expect } from "vitest";
import type { KubeObject } from "@percale/resources";
import type { StoreEvent } from "../datastore.ts";
import {
  after,
  create,
  created,
  createMany,
  deleted,
  KIND,
  networkSet,
  networkSets,
  refused,
  revisions,
  take,
  told,
  write,
} from "./acting.ts";
import type { Behaviours, Scene } from "./driver.ts";

const WRITERS = 20;
const ROUNDS = 10;

/** Writers that each write sets of two, one after the other; what they were told, by revision. */
async function writeMuch(store: Scene["store"]): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  const writer = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++)
      for (const { metadata } of await write(store, networkSets(2).map(created)))
        names.set(Number(metadata.resourceVersion), metadata.name);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return names;
}

/** One order for all: revisions without gaps, whole change sets. */
export const order: Behaviours = {
  "however many write at once, every watcher sees one order without gaps, and no set torn": async ({ store }) => {
    const since = await store.head();
    const count = WRITERS * ROUNDS * 2;
    const slow = async (): Promise<StoreEvent[]> => {
      const seen: StoreEvent[] = [];
      for await (const event of store.watch({ since })) {
        seen.push(event);
        if (seen.length === count) break;
        await setImmediate();
      }
      return seen;
    };
    const watchers = [take(store.watch({ since }), count), slow()];
    const names = await writeMuch(store);
    for (const seen of await Promise.all(watchers)) {
      expect(revisions(seen)).toEqual(after(since, count));
      expect(seen.map(({ object }) => object.metadata.name)).toEqual(after(since, count).map((at) => names.get(at)));
      expect(seen.map(({ last }) => last)).toEqual(seen.map((_, i) => i % 2 === 1));
    }
  },

  "whoever is told of a write reads it, and everything before it": async ({ store }) => {
    const since = await store.head();
    await Promise.all(
      networkSets(50).map(async (object) => {
        const { resourceVersion } = await store.apply({ author: "alice", changes: [created(object)] });
        const { items, revision } = await store.list({ kind: KIND });
        expect(revision).toBeGreaterThanOrEqual(Number(resourceVersion));
        expect(items).toHaveLength(revision - since);
      }),
    );
  },

  "the revision of a set is its last; a watch of all kinds sees all of it": async ({ store }) => {
    const since = await store.head();
    const profile: KubeObject = { ...networkSet("p"), kind: "Profile" };
    const [a] = networkSets(1);
    const { resourceVersion } = await store.apply({ author: "alice", changes: [a!, profile].map(created) });
    await write(store, [deleted(a!)]);
    const events = await take(store.watch({ since }), 3);
    expect(events.map(({ revision, last }) => [revision - since, last])).toEqual([
      [1, false],
      [2, true],
      [3, true],
    ]);
    expect(resourceVersion).toBe(String(since + 2));
    expect(told(events)).toEqual([`ADDED ${a!.metadata.name}`, "ADDED p", `DELETED ${a!.metadata.name}`]);
  },

  "a watch from a revision that does not come times out": async ({ open }) => {
    const impatient = await open({ waitMs: 50 });
    await create(impatient);
    const since = (await impatient.head()) + 1_000;
    await expect(take(impatient.watch({ since }), 1)).rejects.toEqual(refused("Timeout"));
  },

  "a slow watcher misses nothing, however far it falls behind": async ({ store }) => {
    const since = await store.head();
    const watch = store.watch({ since })[Symbol.asyncIterator]();
    await create(store);
    const seen = [(await watch.next()).value as StoreEvent];
    await createMany(store, 200); // the window holds 50
    await store.compact({ keepRevisions: 1 }); // leaves what a watch still needs
    while (seen.length < 201) seen.push((await watch.next()).value as StoreEvent);
    expect(revisions(seen)).toEqual(after(since, 201));
    await watch.return?.();
  },
};
