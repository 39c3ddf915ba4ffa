import { expect } from "vitest";
import fc from "fast-check";
import type { KubeObject } from "@percale/resources";
import type { ObjectList } from "../datastore.ts";
import {
  after,
  create,
  createMany,
  deleted,
  KIND,
  networkSet,
  refused,
  revisions,
  take,
  update,
  write,
} from "./acting.ts";
import type { Behaviours, Scene } from "./driver.ts";

const listed = (store: Scene["store"], namespace?: string): Promise<ObjectList> =>
  store.list({ kind: KIND, ...(namespace !== undefined && { namespace }) });
const at = ({ revision }: ObjectList) => ({ kind: KIND, revision, exact: true });

async function change(store: Scene["store"], { items }: ObjectList): Promise<void> {
  await update(store, { ...items[1]!, spec: { nets: [] } });
  await write(store, [deleted(items[0]!)]);
  await create(store);
}

const steps = fc.array(fc.record({ name: fc.constantFrom("a", "b", "c"), put: fc.boolean() }), { maxLength: 12 });

/** What was: lists of a revision, watches from one. */
export const past: Behaviours = {
  "a list at an exact revision is what it was": async ({ store }) => {
    await createMany(store, 3);
    const before = await listed(store);
    await change(store, before);
    expect(await store.list(at(before))).toEqual(before);
  },

  "every revision of any history can be listed again, in all and in its namespace": async ({ store }) => {
    const kind = "NetworkSet";
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const lists: ObjectList[] = [await store.list({ kind })];
        for (const { name, put } of all) {
          const ref = { kind, namespace: "shop", name };
          const old = await store.get(ref);
          const fresh: KubeObject = { ...networkSet(name), kind, metadata: { namespace: "shop", name } };
          if (put && old === undefined) await create(store, fresh);
          else if (put) await update(store, { ...old!, spec: { round: lists.length } });
          else if (old !== undefined) await write(store, [deleted(old)]);
          lists.push(await store.list({ kind }));
        }
        for (const list of lists) {
          const asked = { kind, revision: list.revision, exact: true };
          expect(await store.list(asked)).toEqual(list);
          expect(await store.list({ ...asked, namespace: "shop" })).toEqual(list);
          expect((await store.list({ ...asked, namespace: "other" })).items).toEqual([]);
        }
      }),
      { numRuns: 5 },
    );
  },

  "from before the window a list is read from the log; from before compaction it is Expired": async ({ store }) => {
    await createMany(store, 3);
    const before = await listed(store);
    await change(store, before);
    await createMany(store, 100);
    expect(await store.list(at(before))).toEqual(before);
    await store.compact({ keepRevisions: 10 });
    await expect(store.list(at(before))).rejects.toEqual(refused("Expired"));
  },

  "from before the window a watch reads the log; from before compaction it is Expired": async ({ store }) => {
    const since = await store.head();
    await createMany(store, 200);
    expect(revisions(await take(store.watch({ since }), 200))).toEqual(after(since, 200));
    await store.compact({ keepRevisions: 10 });
    await expect(take(store.watch({ since }), 1)).rejects.toEqual(refused("Expired"));
    expect(await take(store.watch({ since: since + 195 }), 5)).toHaveLength(5);
  },
};
