import { expect } from "vitest";
import { refOf } from "@percale/resources";
import { after, create, createMany, networkSet, revisions, take, update } from "./acting.ts";
import type { Behaviours } from "./driver.ts";

/** Several processes on the same data. */
export const sharing: Behaviours = {
  "another process sees an acknowledged write at once": async ({ store, open }) => {
    const neighbour = await open();
    for (let i = 0; i < 20; i++) {
      const object = await create(store);
      expect(await neighbour.get(refOf(object))).toEqual(object);
    }
    expect(neighbour.epoch).toBe(store.epoch);
  },

  "two that write at once have one order, and lose no update": async ({ store, open }) => {
    const neighbour = await open();
    const since = await store.head();
    const watchers = [store, neighbour].map((one) => take(one.watch({ since }), 121));
    const counter = await create(store, networkSet("counter", { n: 0 }));
    const count = async (one: typeof store): Promise<void> => {
      for (let done = 0; done < 10;) {
        const old = (await one.get(refOf(counter)))!;
        const n = (old.spec as { n: number }).n + 1;
        done += await update(one, { ...old, spec: { n } }).then(
          () => 1,
          () => 0, // the other was faster
        );
      }
    };
    await Promise.all([store, neighbour].flatMap((one) => [createMany(one, 50), count(one)]));
    for (const seen of await Promise.all(watchers)) expect(revisions(seen)).toEqual(after(since, 121));
    expect((await store.get(refOf(counter)))!.spec).toEqual({ n: 20 });
  },

  "a store that is opened again has what was written before": async ({ store, open }) => {
    await createMany(store, 3);
    const before = await store.snapshot();
    expect(await (await open()).snapshot()).toEqual(before);
  },
};
