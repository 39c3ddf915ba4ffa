import { expect } from "vitest";
import { refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { create, deleted, networkSet, refused, update, updated, write } from "./acting.ts";
import type { Behaviours } from "./driver.ts";

const held = (): KubeObject => ({ ...networkSet(), metadata: { name: "held", finalizers: ["percale/hold"] } });

function withoutFinalizers(object: KubeObject): KubeObject {
  const { finalizers: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** One object at a time, as Kubernetes' clients know it. */
export const objects: Behaviours = {
  "a created object has what only the server sets, and reads back": async ({ store }) => {
    const object = await create(store);
    expect(object.metadata).toMatchObject({
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      generation: 1,
      resourceVersion: String(await store.head()),
    });
    expect(await store.get(refOf(object))).toEqual(object);
  },

  "a name is taken once; generateName finds a free one": async ({ store }) => {
    const { metadata } = await create(store);
    await expect(create(store, networkSet(metadata.name))).rejects.toEqual(refused("AlreadyExists"));
    const { name } = (await create(store, { ...networkSet(), metadata: { name: "", generateName: "web-" } })).metadata;
    expect(name).toMatch(/^web-[a-z0-9]{5}$/);
  },

  "a name that is free again begins anew: another uid, the first generation": async ({ store }) => {
    const first = await create(store);
    await write(store, [deleted(first)]);
    const second = await create(store, networkSet(first.metadata.name));
    expect(second.metadata.generation).toBe(1);
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
  },

  "an update needs the newest resourceVersion, and raises the generation when the spec changes": async ({ store }) => {
    const first = await create(store);
    const second = await update(store, { ...first, spec: { nets: ["10.1.0.0/16"] } });
    expect(second.metadata.generation).toBe(2);
    await expect(update(store, first)).rejects.toEqual(refused("Conflict"));
    await expect(update(store, networkSet(first.metadata.name))).rejects.toEqual(refused("Invalid"));
    const labelled = await update(store, { ...second, metadata: { ...second.metadata, labels: { a: "b" } } });
    expect(labelled.metadata.generation).toBe(2);
    expect(await store.get(refOf(first))).toEqual(labelled);
  },

  "of two updates from one state one is refused": async ({ store }) => {
    const object = await create(store);
    const rivals = ["10.1.0.0/16", "10.2.0.0/16"].map((net) => update(store, { ...object, spec: { nets: [net] } }));
    const outcomes = await Promise.allSettled(rivals);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  },

  "an update that changes nothing keeps the resourceVersion and is no event": async ({ store }) => {
    const object = await create(store);
    const head = await store.head();
    expect(await update(store, { ...object })).toEqual(object);
    expect(await store.head()).toBe(head);
  },

  "an update keeps what only the server sets": async ({ store }) => {
    const object = await create(store);
    const { uid, creationTimestamp } = object.metadata;
    const forged = { ...object.metadata, creationTimestamp: "1999-01-01T00:00:00Z", generation: 99 };
    const stored = await update(store, { ...object, metadata: forged, spec: {} });
    expect(stored.metadata).toMatchObject({ uid, creationTimestamp, generation: 2 });
  },

  "status and spec are written through their own doors": async ({ store }) => {
    const tier = { ...networkSet("t"), kind: "Tier", spec: { order: 1 }, status: { ignored: true } };
    const made = await create(store, tier);
    expect(made.status).not.toHaveProperty("ignored");
    const withStatus = await update(store, { ...made, spec: { order: 2 }, status: { ready: true } }, "status");
    expect([withStatus.spec, withStatus.status]).toMatchObject([{ order: 1 }, { ready: true }]);
    const moved = await update(store, { ...withStatus, spec: { order: 3 }, status: {} });
    expect([moved.spec, moved.status]).toMatchObject([{ order: 3 }, { ready: true }]);
  },

  "finalizers hold an object until the last is taken away": async ({ store }) => {
    const object = await create(store, held());
    const [dying] = await write(store, [deleted(object)]);
    expect(dying!.metadata.deletionTimestamp).toMatch(/Z$/);
    expect(await store.get(refOf(object))).toEqual(dying);
    await update(store, withoutFinalizers(dying!));
    expect(await store.get(refOf(object))).toBeUndefined();
  },

  "what is being deleted takes no new finalizer, and dies of no second deletion": async ({ store }) => {
    const object = await create(store, held());
    const [dying] = await write(store, [deleted(object)]);
    const more = { ...dying!.metadata, finalizers: ["percale/hold", "percale/more"] };
    await expect(update(store, { ...dying!, metadata: more })).rejects.toEqual(refused("Forbidden"));
    expect(await write(store, [deleted(object)])).toEqual([dying]);
  },

  "a delete honours its preconditions": async ({ store }) => {
    const object = await create(store);
    const change = { op: "delete" as const, ref: refOf(object) };
    await expect(write(store, [{ ...change, uid: "other" }])).rejects.toEqual(refused("Conflict"));
    await expect(write(store, [{ ...change, resourceVersion: "1-" }])).rejects.toEqual(refused("Conflict"));
    const { uid, resourceVersion } = object.metadata;
    await write(store, [{ ...change, uid: uid!, resourceVersion: resourceVersion! }]);
    await expect(write(store, [change])).rejects.toEqual(refused("NotFound"));
    await expect(write(store, [updated(object)])).rejects.toEqual(refused("NotFound"));
  },

  "what nobody can keep is refused alone": async ({ store }) => {
    const depth = 50_000;
    const deep: unknown = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
    const writes = [networkSet("a"), networkSet("deep", deep), networkSet("b")].map((object) => create(store, object));
    const [a, endless, b] = await Promise.allSettled(writes);
    expect([a!.status, b!.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(endless).toEqual({ status: "rejected", reason: refused("Invalid") });
  },
};
