import { expect } from "vitest";
import { create, KIND, networkSet, refused, take } from "./acting.ts";
import type { Behaviours } from "./driver.ts";

/** How a store begins and ends. */
export const ending: Behaviours = {
  "an open store hears its database at each beat": async ({ store }) => {
    let before = -1;
    const isHeardAgain = (): boolean => {
      const [earlier, heardMs] = [before, store.heardMs()];
      before = heardMs;
      return heardMs <= earlier;
    };
    await expect.poll(isHeardAgain, { timeout: 20_000 }).toBe(true);
  },

  "a store can be closed as soon as it is open, and twice": async ({ store }) => {
    expect(store.isConnected()).toBe(true);
    await Promise.all([store.close(), store.close()]);
    await store.close();
  },

  "a store that closes stores what is under way, ends watches and takes no more": async ({ store }) => {
    const watch = take(store.watch({ kinds: [KIND] }), 2);
    const under = create(store, networkSet("under-way"));
    await store.close();
    expect((await under).metadata.name).toBe("under-way");
    expect((await watch).length).toBeLessThan(2);
    await expect(create(store)).rejects.toEqual(refused("ServiceUnavailable"));
  },
};
