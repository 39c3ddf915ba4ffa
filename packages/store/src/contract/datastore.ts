import { afterEach, beforeEach, describe, test } from "vitest";
import type { Datastore, StoreOptions } from "../datastore.ts";
import type { Ability, Data, DatastoreDriver, Behaviours } from "./driver.ts";
import { ending } from "./ending.ts";
import { history } from "./history.ts";
import { objects } from "./objects.ts";
import { order } from "./order.ts";
import { past } from "./past.ts";
import { reads } from "./reads.ts";
import { sets } from "./sets.ts";
import { sharing } from "./sharing.ts";
import { watches } from "./watches.ts";

const SECTIONS: readonly { readonly title: string; readonly needs?: Ability; readonly behaviours: Behaviours }[] = [
  { title: "objects", behaviours: objects },
  { title: "reads", behaviours: reads },
  { title: "watches", behaviours: watches },
  { title: "change sets", needs: "sets", behaviours: sets },
  { title: "one order", needs: "order", behaviours: order },
  { title: "the past", needs: "past", behaviours: past },
  { title: "history", needs: "history", behaviours: history },
  { title: "several processes", needs: "sharing", behaviours: sharing },
  { title: "the end", behaviours: ending },
];

/** Small, so that tests get past them soon. Patience is no such thing: a busy machine is to pass too. */
const OPTIONS = { windowSize: 50, waitMs: 30_000, bookmarkMs: 20 };

/** What any driver of a Datastore promises, as tests. What one declares that it cannot is skipped, with its reason. */
export function datastoreContract(driver: DatastoreDriver): void {
  describe(`${driver.name} keeps the contract of`, () => {
    let data: Data;
    let opened: Datastore[];
    const open = async (options?: StoreOptions): Promise<Datastore> => {
      const store = await data.open({ ...OPTIONS, ...options });
      opened.push(store);
      return store;
    };
    beforeEach(async () => {
      data = await driver.newData();
      opened = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close())).finally(() => data.drop());
    });
    for (const { title, needs, behaviours } of SECTIONS) {
      const reason = needs === undefined ? undefined : driver.cannot[needs];
      describe(title, () => {
        for (const [behaviour, holds] of Object.entries(behaviours)) {
          if (reason !== undefined) test.skip(`${behaviour} (${reason})`);
          else test(behaviour, async () => holds({ store: await open(), open }));
        }
      });
    }
  });
}
