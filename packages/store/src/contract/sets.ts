import { expect } from "vitest";
import { API_VERSION, forbidden, refOf } from "@percale/resources";
import type { CheckContext } from "../datastore.ts";
import { created, deleted, names, networkSet, networkSets, NOWHERE, refused, updated, write } from "./acting.ts";
import type { Behaviours } from "./driver.ts";

/** Change sets: all or nothing, judged where they are written. */
export const sets: Behaviours = {
  "a change set is written whole or not at all, and a dry run not at all": async ({ store }) => {
    const head = await store.head();
    const broken = [created(networkSet("a")), { op: "delete" as const, ref: NOWHERE }];
    await expect(write(store, broken)).rejects.toEqual(refused("NotFound"));
    const dry = await store.apply({ author: "alice", dryRun: true, changes: [created(networkSet("b"))] });
    expect(dry.objects[0]!.metadata).toMatchObject({ name: "b", generation: 1 });
    expect([await store.head(), await names(store)]).toEqual([head, []]);
  },

  "later changes of a set see the earlier ones": async ({ store }) => {
    const [a, b] = networkSets(2);
    await write(store, [created(a!), created(b!), deleted(a!)]);
    expect(await names(store)).toEqual([b!.metadata.name]);
    await expect(write(store, [deleted(b!), updated(b!)])).rejects.toEqual(refused("NotFound"));
    expect(await names(store)).toEqual([b!.metadata.name]);
  },

  "a check is asked of every change, with what it would replace": async ({ store }) => {
    const [a, b] = networkSets(2);
    const [old] = await write(store, [created(a!)]);
    const asked: unknown[] = [];
    const check = ({ operation, object, old: before, subresource }: CheckContext): void =>
      void asked.push([operation, object.metadata.name, before, subresource]);
    const status = { op: "update" as const, object: old!, subresource: "status" as const };
    await write(store, [created(b!), status, deleted(a!)], { check });
    expect(asked).toEqual([
      ["create", b!.metadata.name, undefined, undefined],
      ["update", a!.metadata.name, old, "status"],
      ["delete", a!.metadata.name, old, undefined],
    ]);
  },

  "what a check returns or throws refuses its set alone": async ({ store }) => {
    const [good, told, thrown] = networkSets(3);
    const refusal = forbidden(refOf(told!), "no");
    const outcomes = await Promise.allSettled([
      write(store, [created(good!)]),
      write(store, [created(told!)], { check: () => refusal }),
      write(store, [created(thrown!)], {
        check: () => {
          throw refusal;
        },
      }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    for (const outcome of outcomes.slice(1)) expect(outcome).toMatchObject({ reason: refusal });
    expect(await names(store)).toEqual([good!.metadata.name]);
  },

  "a check sees what is written before its own set, so that of concurrent twins one passes": async ({ store }) => {
    const isOnly = ({ object, lookup }: CheckContext) =>
      [...lookup.list("Profile")].length === 0 ? undefined : forbidden(refOf(object), "there is one");
    const attempts = Array.from({ length: 5 }, (_, i) =>
      write(store, [created({ ...networkSet(`only-${i}`), kind: "Profile" })], { check: isOnly }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await names(store, "Profile")).toHaveLength(1);
  },

  "a set that would write too much is refused, and others are not": async ({ store }) => {
    const note = "x".repeat(2 ** 20);
    const large = Array.from({ length: 33 }, (_, i) => created(networkSet(`large-${i}`, { note })));
    const [refusal, small] = await Promise.allSettled([write(store, large), write(store, [created(networkSet("s"))])]);
    expect(refusal).toEqual({ status: "rejected", reason: refused("RequestEntityTooLarge") });
    expect([small.status, await names(store)]).toEqual(["fulfilled", ["s"]]);
  },

  "what a kind makes follow from a change is written with it": async ({ store }) => {
    const inShop = {
      apiVersion: API_VERSION,
      kind: "NetworkSet",
      metadata: { namespace: "shop", name: "a" },
      spec: {},
    };
    const since = await store.head();
    const { resourceVersion, objects: own } = await store.apply({ author: "alice", changes: [created(inShop)] });
    expect(own.map(({ kind }) => kind)).toEqual(["NetworkSet"]);
    const { objects: all, revision } = await store.snapshot(["NetworkSet", "Namespace", "Profile"]);
    expect(all.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      "NetworkSet/a",
      "Namespace/shop",
      "Profile/kns.shop",
    ]);
    expect([resourceVersion, revision > since]).toEqual([String(revision), true]);
  },
};
