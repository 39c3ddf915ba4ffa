import { afterEach, beforeEach, describe, test } from "vitest";
import type { Datastore } from "../datastore.ts";
import type { Ability, Data, DatastoreDriver, Promises, Scene } from "./driver.ts";
import { ending } from "./ending.ts";
import { history } from "./history.ts";
import { objects } from "./objects.ts";
import { order } from "./order.ts";
import { past } from "./past.ts";
import { reads } from "./reads.ts";
import { sets } from "./sets.ts";
import { sharing } from "./sharing.ts";
import { watches } from "./watches.ts";

const SECTIONS: readonly { readonly title: string; readonly needs?: Ability; readonly promises: Promises }[] = [
  { title: "objects", promises: objects },
  { title: "reads", promises: reads },
  { title: "watches", promises: watches },
  { title: "change sets", needs: "sets", promises: sets },
  { title: "one order", needs: "order", promises: order },
  { title: "the past", needs: "past", promises: past },
  { title: "history", needs: "history", promises: history },
  { title: "several processes", needs: "sharing", promises: sharing },
  { title: "the end", promises: ending },
];

/** Small, so that tests get past them soon. */
const OPTIONS = { windowSize: 50, waitMs: 200, bookmarkMs: 20 };

/** What any driver of a Datastore promises, as tests. What one declares that it cannot is skipped, with its reason. */
export function datastoreContract(driver: DatastoreDriver): void {
  describe(`${driver.name} keeps the contract of`, () => {
    let data: Data;
    let opened: Datastore[];
    const open = async (): Promise<Datastore> => {
      const store = await data.open(OPTIONS);
      opened.push(store);
      return store;
    };
    beforeEach(async () => {
      data = await driver.newData();
      opened = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      await data.drop();
    });
    for (const { title, needs, promises } of SECTIONS) {
      const reason = needs === undefined ? undefined : driver.cannot[needs];
      describe(title, () => {
        for (const [promise, keeps] of Object.entries(promises)) {
          if (reason !== undefined) test.skip(`${promise} (${reason})`);
          else test(promise, async () => keeps({ store: await open(), other: open } satisfies Scene));
        }
      });
    }
  });
}
