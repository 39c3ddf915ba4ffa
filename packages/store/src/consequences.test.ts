import { describe, expect, test } from "vitest";
import type { Change } from "@percale/protocol";
import { definitionOf, formatRef, prepareObject, refOf, resourceDefinitions, storeIssues } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { Cache } from "./cache.ts";
import { Overlay, planChangeSet } from "./plan.ts";

/** A store in memory that writes as the API does: checked, planned, committed. */
class Store {
  readonly #cache = new Cache({ objects: [], revision: 0, windowSize: 1_000 });
  #uids = 0;

  constructor() {
    this.create("Tier", "default", { order: 1_000_000 });
  }

  /** What happened, in order: `ADDED Kind/name`. */
  apply(...changes: Change[]): string[] {
    const plan = planChangeSet(new Overlay(this.#cache.objects), {
      changeSet: { author: "a", changes },
      check: (context) => storeIssues(definitionOf(context.object.kind)!, context),
      revision: this.#cache.revision,
      now: new Date("2026-01-01T00:00:00Z"),
      newUid: () => `uid-${this.#uids++}`,
      random: () => 0.5,
    });
    this.#cache.advance(plan.events);
    return plan.events.map(({ type, object }) => `${type} ${formatRef(refOf(object))}`);
  }

  create(kind: string, name: string, spec: object = {}, metadata: object = {}): string[] {
    return this.apply({ op: "create", object: prepared(kind, { name, ...metadata }, spec) });
  }

  edit(ref: ObjectRef, change: (object: KubeObject) => KubeObject): string[] {
    return this.apply({ op: "update", object: change(this.get(ref)!) });
  }

  delete(kind: string, name: string, namespace?: string): string[] {
    return this.apply({ op: "delete", ref: namespace === undefined ? { kind, name } : { kind, namespace, name } });
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.#cache.objects.get(ref);
  }

  /** `status reason` of one condition. */
  condition(kind: string, name: string, type: string): string | undefined {
    const { conditions = [] } = (this.get({ kind, name })?.status ?? {}) as { conditions?: Record<string, string>[] };
    const found = conditions.find((one) => one["type"] === type);
    return found === undefined ? undefined : `${found["status"]} ${found["reason"]}: ${found["message"]}`;
  }
}

function prepared(kind: string, metadata: object, spec: object): KubeObject {
  const definition = definitionOf(kind)!;
  const raw = { apiVersion: definition.apiVersion, kind, metadata, spec };
  const result = prepareObject(definition, raw, { operation: "create", fieldValidation: "Strict" });
  if ("error" in result) throw result.error;
  return result.object;
}

const inShop = { namespace: "shop" };
const shop = { kind: "Namespace", name: "shop" };
const profile = { kind: "Profile", name: "kns.shop" };

describe("a namespace", () => {
  test("comes with the first object in it, and brings the profile of its endpoints", () => {
    const store = new Store();
    expect(store.create("NetworkSet", "a", {}, inShop)).toEqual([
      "ADDED NetworkSet/shop/a",
      "ADDED Namespace/shop",
      "ADDED Profile/kns.shop",
    ]);
    expect(store.create("NetworkSet", "b", {}, inShop)).toEqual(["ADDED NetworkSet/shop/b"]);
    expect(store.get(shop)).toMatchObject({
      apiVersion: "v1",
      metadata: { labels: { "kubernetes.io/metadata.name": "shop" } },
      status: { phase: "Active" },
    });
  });

  test("is what definitions of its kind would make of it", () => {
    const store = new Store();
    store.create("NetworkSet", "a", {}, inShop);
    for (const ref of [shop, profile]) {
      const { status: _, ...object } = store.get(ref)!;
      const { uid: _u, generation: _g, creationTimestamp: _c, resourceVersion: _r, ...metadata } = object.metadata;
      expect(prepared(ref.kind, metadata, object.spec as object)).toEqual({ ...object, metadata });
    }
  });

  test("hands its labels to its endpoints, and leaves the profile's rules and other labels alone", () => {
    const store = new Store();
    store.create("Profile", "kns.shop", { labelsToApply: { own: "1", "pcns.old": "x" } });
    store.create("Namespace", "shop", {}, { labels: { team: "a" } });
    expect(store.get(profile)?.spec).toEqual({
      labelsToApply: {
        own: "1",
        "pcns.projectcalico.org/name": "shop",
        "pcns.kubernetes.io/metadata.name": "shop",
        "pcns.team": "a",
      },
    });
    const { labels, ...metadata } = store.get(shop)!.metadata;
    store.edit(shop, (object) => ({ ...object, metadata: { ...metadata, labels: { ...labels, team: "b" } } }));
    expect(store.get(profile)?.spec).toMatchObject({ labelsToApply: { "pcns.team": "b" } });
  });

  test("that a profile described before it was implied keeps that description", () => {
    const store = new Store();
    store.create("Profile", "kns.shop", { labelsToApply: { "pcns.team": "a" } });
    store.create("NetworkSet", "a", {}, inShop);
    expect(store.get(shop)?.metadata.labels).toEqual({ team: "a", "kubernetes.io/metadata.name": "shop" });
  });

  test("goes with all that is in it", () => {
    const store = new Store();
    store.create("NetworkSet", "a", {}, inShop);
    store.create("NetworkPolicy", "p", {}, inShop);
    store.create("NetworkSet", "a", {}, { namespace: "other" });
    for (const account of ["ksa.shop.till", "ksa.other.till"]) store.create("Profile", account);
    expect(store.delete("Namespace", "shop")).toEqual([
      "MODIFIED Namespace/shop",
      "DELETED NetworkPolicy/shop/p",
      "DELETED NetworkSet/shop/a",
      "DELETED Namespace/shop",
      "DELETED Profile/kns.shop",
      "DELETED Profile/ksa.shop.till",
    ]);
    expect(store.get({ kind: "NetworkSet", namespace: "other", name: "a" })).toBeDefined();
  });

  test("waits for what a finalizer holds, takes nothing new meanwhile, and goes with the last", () => {
    const store = new Store();
    store.create("NetworkSet", "held", {}, { ...inShop, finalizers: ["example.org/wait"] });
    expect(store.delete("Namespace", "shop")).toEqual(["MODIFIED Namespace/shop", "MODIFIED NetworkSet/shop/held"]);
    expect(store.get(shop)).toMatchObject({ status: { phase: "Terminating" } });
    expect(() => store.create("NetworkSet", "new", {}, inShop)).toThrow(
      'networksets.projectcalico.org "new" is forbidden: unable to create new content in namespace shop because it is being terminated',
    );
    const held = { kind: "NetworkSet", namespace: "shop", name: "held" };
    const released = ({ metadata, ...object }: KubeObject): KubeObject => ({
      ...object,
      metadata: { ...metadata, finalizers: [] },
    });
    expect(store.edit(held, released)).toEqual([
      "DELETED NetworkSet/shop/held",
      "DELETED Namespace/shop",
      "DELETED Profile/kns.shop",
    ]);
  });

  test("called default stays", () => {
    const store = new Store();
    store.create("Namespace", "default");
    expect(() => store.delete("Namespace", "default")).toThrow(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });

  test.each(resourceDefinitions.filter(({ namespaced }) => namespaced).map(({ kind }) => kind))(
    "takes its %s objects along",
    (kind) => {
      const store = new Store();
      const endpoint = { orchestrator: "k8s", node: "n1", pod: "p", endpoint: "eth0" };
      const isEndpoint = kind === "WorkloadEndpoint";
      store.create(kind, isEndpoint ? "n1-k8s-p-eth0" : "a", isEndpoint ? endpoint : {}, inShop);
      expect(store.delete("Namespace", "shop")).toContain("DELETED Namespace/shop");
    },
  );
});

describe("a tier", () => {
  test("waits for its policies, says how many, and goes when the last is deleted or moved", () => {
    const store = new Store();
    store.create("Tier", "t");
    store.create("Tier", "u");
    expect(store.condition("Tier", "t", "Ready")).toBe("True OK: ");
    for (const name of ["a", "b"]) store.create("GlobalNetworkPolicy", name, { tier: "t" });
    expect(store.delete("Tier", "t")).toEqual(["MODIFIED Tier/t"]);
    expect(store.condition("Tier", "t", "Ready")).toBe(
      "False Terminating: Waiting for policies to be removed: 2 GlobalNetworkPolicies",
    );
    expect(() => store.create("GlobalNetworkPolicy", "c", { tier: "t" })).toThrow('Tier "t" is being deleted');
    expect(store.delete("GlobalNetworkPolicy", "a")).toEqual(["DELETED GlobalNetworkPolicy/a", "MODIFIED Tier/t"]);
    const moved = (object: KubeObject): KubeObject => ({ ...object, spec: { ...(object.spec as object), tier: "u" } });
    expect(store.edit({ kind: "GlobalNetworkPolicy", name: "b" }, moved)).toEqual([
      "MODIFIED GlobalNetworkPolicy/b",
      "DELETED Tier/t",
    ]);
  });

  test("without policies goes at once", () => {
    const store = new Store();
    store.create("Tier", "t");
    expect(store.delete("Tier", "t")).toEqual(["DELETED Tier/t"]);
  });
});

describe("a pool", () => {
  const free = {
    cidr: "10.0.0.0/30",
    allocations: [null, null, null, null],
    unallocated: [0, 1, 2, 3],
    attributes: [],
  };
  const used = {
    cidr: "10.0.0.4/30",
    allocations: [0, null, null, null],
    unallocated: [1, 2, 3],
    attributes: [{ handle_id: "h" }],
  };
  function withPool(): Store {
    const store = new Store();
    store.create("IPPool", "p", { cidr: "10.0.0.0/24", blockSize: 30 });
    for (const [name, spec] of [
      ["b0", free],
      ["b1", used],
    ] as const) {
      store.create("IPAMBlock", name, { ...spec, affinity: "host:n1" });
      store.create("BlockAffinity", `n1-${name}`, { state: "confirmed", node: "n1", cidr: spec.cidr });
    }
    return store;
  }

  test("says whether addresses come from it", () => {
    const store = withPool();
    expect(store.condition("IPPool", "p", "Allocatable")).toBe("True OK: ");
    const disabled = (object: KubeObject): KubeObject => ({
      ...object,
      spec: { ...(object.spec as object), disabled: true },
    });
    store.edit({ kind: "IPPool", name: "p" }, disabled);
    expect(store.condition("IPPool", "p", "Allocatable")).toBe("False PoolDisabled: spec.disabled is true");
  });

  test("in use gives up its empty blocks at once, the others with their last address, then itself", () => {
    const store = withPool();
    expect(store.delete("IPPool", "p")).toEqual([
      "MODIFIED IPPool/p",
      "DELETED IPAMBlock/b0",
      "DELETED BlockAffinity/n1-b0",
    ]);
    expect(store.condition("IPPool", "p", "Allocatable")).toContain("False Terminating");
    expect(() => store.create("IPAMBlock", "b2", { ...free, cidr: "10.0.0.8/30" })).toThrow(
      "its pool is being deleted",
    );
    const empty = (object: KubeObject): KubeObject => ({ ...object, spec: { ...free, cidr: used.cidr } });
    expect(store.edit({ kind: "IPAMBlock", name: "b1" }, empty)).toEqual([
      "MODIFIED IPAMBlock/b1",
      "DELETED IPAMBlock/b1",
      "DELETED BlockAffinity/n1-b1",
      "DELETED IPPool/p",
    ]);
    expect(store.create("IPPool", "again", { cidr: "10.0.0.0/24" })).toEqual(["ADDED IPPool/again"]);
  });

  test("not in use goes at once, with claims that never became blocks", () => {
    const store = new Store();
    store.create("IPPool", "p", { cidr: "10.0.0.0/24" });
    store.create("BlockAffinity", "n1-x", { state: "pending", node: "n1", cidr: "10.0.0.0/26" });
    expect(store.delete("IPPool", "p")).toEqual(["DELETED IPPool/p", "DELETED BlockAffinity/n1-x"]);
  });

  test("deleted twice keeps the time of the first deletion", () => {
    const store = withPool();
    store.delete("IPPool", "p");
    expect(store.delete("IPPool", "p")).toEqual([]);
  });
});

test("a set whose consequences were planned is one change set", () => {
  const events = planChangeSet(new Overlay(new Cache({ objects: [], revision: 0, windowSize: 10 }).objects), {
    changeSet: {
      author: "a",
      changes: [{ op: "create", object: prepared("NetworkSet", { name: "a", ...inShop }, {}) }],
    },
    revision: 7,
    now: new Date(0),
    newUid: () => "uid",
    random: () => 0.5,
  }).events;
  expect(events.map(({ revision, setEnd }) => [revision, setEnd])).toEqual([
    [8, 10],
    [9, 10],
    [10, 10],
  ]);
});
