import { expect } from "vitest";
import { refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { create, KIND, networkSet, NOWHERE, refused, update, write, deleted } from "./acting.ts";
import type { Behaviours } from "./driver.ts";

const inNamespace = (namespace: string, name: string): KubeObject => ({
  ...networkSet(name),
  kind: "NetworkSet",
  metadata: { namespace, name },
});

/** The newest state. */
export const reads: Behaviours = {
  "what is not there is undefined, and its kind's list is empty": async ({ store }) => {
    expect(await store.get(NOWHERE)).toBeUndefined();
    expect(await store.list({ kind: KIND })).toEqual({ items: [], revision: await store.head() });
  },

  "objects of one name are told apart by kind and namespace": async ({ store }) => {
    const made: KubeObject[] = [];
    for (const object of [networkSet("x"), inNamespace("a", "x"), inNamespace("b", "x")])
      made.push(await create(store, object));
    for (const object of made) expect(await store.get(refOf(object))).toEqual(object);
  },

  "lists come in the order of namespace, then name": async ({ store }) => {
    for (const object of [inNamespace("a-b", "x"), inNamespace("a", "y"), inNamespace("a", "x")])
      await create(store, object);
    const listed = async (namespace?: string): Promise<string[]> => {
      const { items } = await store.list({ kind: "NetworkSet", ...(namespace !== undefined && { namespace }) });
      return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    };
    expect(await listed()).toEqual(["a/x", "a/y", "a-b/x"]);
    expect(await listed("a")).toEqual(["a/x", "a/y"]);
    expect(await listed("nowhere")).toEqual([]);
  },

  "a list is the newest, and at least as new as the revision asked for": async ({ store }) => {
    const object = await create(store);
    const { items, revision } = await store.list({ kind: KIND });
    expect([items, revision]).toEqual([[object], await store.head()]);
    expect(await store.list({ kind: KIND, revision: revision - 1 })).toEqual({ items, revision });
    expect((await store.list({ kind: KIND, revision: 0 })).items).toEqual([object]);
  },

  "a list of a revision that does not come times out; of one that does it waits": async ({ store, open }) => {
    const head = await store.head();
    const impatient = await open({ waitMs: 50 });
    await expect(impatient.list({ kind: KIND, revision: head + 1_000 })).rejects.toEqual(refused("Timeout"));
    const waiting = store.list({ kind: KIND, revision: head + 1 });
    const object = await create(store);
    expect((await waiting).items).toEqual([object]);
  },

  "a snapshot is all objects of the kinds asked for, at one revision": async ({ store }) => {
    const set = await create(store);
    const profile = await create(store, { ...networkSet("p"), kind: "Profile" });
    const gone = await create(store);
    await write(store, [deleted(gone)]);
    const revision = await store.head();
    expect(await store.snapshot([KIND])).toEqual({ revision, objects: [set] });
    const { objects } = await store.snapshot();
    expect(objects).toEqual(expect.arrayContaining([set, profile]));
    expect(objects).not.toContainEqual(gone);
  },

  "what was handed out stays as it was when the object changes": async ({ store }) => {
    const object = await create(store);
    const { items } = await store.list({ kind: KIND });
    await update(store, { ...object, spec: { nets: [] } });
    expect(items).toEqual([object]);
  },
};
