import { describe, expect, test } from "vitest";
import type { Change } from "@percale/protocol";
import { definitionOf, formatRef, prepareObject, resourceDefinitions, storeIssues } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { Cache } from "./cache.ts";
import type { CheckContext } from "./datastore.ts";
import { MemoryStore } from "./memory/store.ts";
import { Overlay, planChangeSet } from "./plan.ts";

/** A store that is written to as the API does: checked before, and inside the commit. */
class Store {
  readonly #store = new MemoryStore();

  static async withTier(): Promise<Store> {
    const store = new Store();
    await store.create("Tier", "default", { order: 1_000_000 });
    return store;
  }

  /** What happened, in order: `ADDED Kind/name`. */
  async apply(...changes: Change[]): Promise<string[]> {
    const { revision } = this.#store;
    const check = (context: CheckContext) => storeIssues(definitionOf(context.object.kind)!, context);
    await this.#store.apply({ author: "a", changes }, { check });
    const happened = await this.#store.changes({ limit: this.#store.revision - revision });
    return happened.reverse().map(({ op, ref }) => `${op} ${formatRef(ref)}`);
  }

  create(kind: string, name: string, spec: object = {}, metadata: object = {}): Promise<string[]> {
    return this.apply({ op: "create", object: prepared(kind, { name, ...metadata }, spec) });
  }

  edit(ref: ObjectRef, change: (object: KubeObject) => KubeObject): Promise<string[]> {
    return this.apply({ op: "update", object: change(this.get(ref)!) });
  }

  delete(kind: string, name: string, namespace?: string): Promise<string[]> {
    return this.apply({ op: "delete", ref: namespace === undefined ? { kind, name } : { kind, namespace, name } });
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.#store.objects.get(ref);
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
  const fields = definition.flat ? spec : { spec };
  const raw = { apiVersion: definition.apiVersion, kind, metadata, ...fields };
  const result = prepareObject(definition, raw, { operation: "create", fieldValidation: "Strict" });
  if ("error" in result) throw result.error;
  return result.object;
}

/** The least that a kind accepts, where that is not nothing. */
const LEAST: Readonly<Record<string, object>> = {
  RoleBinding: { roleRef: { kind: "Role", name: "r" } },
  EndpointSlice: { addressType: "IPv4", endpoints: [] },
  LiveMigration: {
    source: { workload: { hostname: "n1", orchestratorID: "k8s", workloadID: "p" } },
    target: { selector: "all()" },
  },
  Service: { ports: [{ port: 80 }] },
  WorkloadEndpoint: { orchestrator: "k8s", node: "n1", pod: "p", endpoint: "eth0" },
};
const inShop = { namespace: "shop" };
const shop = { kind: "Namespace", name: "shop" };
const profile = { kind: "Profile", name: "kns.shop" };

describe("a namespace", () => {
  test("comes with the first object in it, and brings the profile of its endpoints", async () => {
    const store = await Store.withTier();
    expect(await store.create("NetworkSet", "a", {}, inShop)).toEqual([
      "ADDED NetworkSet/shop/a",
      "ADDED Namespace/shop",
      "ADDED Profile/kns.shop",
    ]);
    expect(await store.create("NetworkSet", "b", {}, inShop)).toEqual(["ADDED NetworkSet/shop/b"]);
    expect(store.get(shop)).toMatchObject({
      apiVersion: "v1",
      metadata: { labels: { "kubernetes.io/metadata.name": "shop" } },
      status: { phase: "Active" },
    });
  });

  test("is what definitions of its kind would make of it", async () => {
    const store = await Store.withTier();
    await store.create("NetworkSet", "a", {}, inShop);
    for (const ref of [shop, profile]) {
      const { status: _, ...object } = store.get(ref)!;
      const { uid: _u, generation: _g, creationTimestamp: _c, resourceVersion: _r, ...metadata } = object.metadata;
      expect(prepared(ref.kind, metadata, object.spec as object)).toEqual({ ...object, metadata });
    }
  });

  test("hands its labels to its endpoints, and leaves the profile's rules and other labels alone", async () => {
    const store = await Store.withTier();
    await store.create("Profile", "kns.shop", { labelsToApply: { own: "1", "pcns.old": "x" } });
    await store.create("Namespace", "shop", {}, { labels: { team: "a" } });
    expect(store.get(profile)?.spec).toEqual({
      labelsToApply: {
        own: "1",
        "pcns.projectcalico.org/name": "shop",
        "pcns.kubernetes.io/metadata.name": "shop",
        "pcns.team": "a",
      },
    });
    const { labels, ...metadata } = store.get(shop)!.metadata;
    await store.edit(shop, (object) => ({ ...object, metadata: { ...metadata, labels: { ...labels, team: "b" } } }));
    expect(store.get(profile)?.spec).toMatchObject({ labelsToApply: { "pcns.team": "b" } });
  });

  test("that a profile described before it was implied keeps that description", async () => {
    const store = await Store.withTier();
    await store.create("Profile", "kns.shop", { labelsToApply: { "pcns.team": "a" } });
    await store.create("NetworkSet", "a", {}, inShop);
    expect(store.get(shop)?.metadata.labels).toEqual({ team: "a", "kubernetes.io/metadata.name": "shop" });
  });

  test("goes with all that is in it", async () => {
    const store = await Store.withTier();
    await store.create("NetworkSet", "a", {}, inShop);
    await store.create("NetworkPolicy", "p", {}, inShop);
    await store.create("NetworkSet", "a", {}, { namespace: "other" });
    for (const account of ["ksa.shop.till", "ksa.other.till"]) await store.create("Profile", account);
    expect(await store.delete("Namespace", "shop")).toEqual([
      "MODIFIED Namespace/shop",
      "DELETED NetworkPolicy/shop/p",
      "DELETED NetworkSet/shop/a",
      "DELETED Namespace/shop",
      "DELETED Profile/kns.shop",
      "DELETED Profile/ksa.shop.till",
    ]);
    expect(store.get({ kind: "NetworkSet", namespace: "other", name: "a" })).toBeDefined();
  });

  test("waits for what a finalizer holds, takes nothing new meanwhile, and goes with the last", async () => {
    const store = await Store.withTier();
    await store.create("NetworkSet", "held", {}, { ...inShop, finalizers: ["example.org/wait"] });
    expect(await store.delete("Namespace", "shop")).toEqual([
      "MODIFIED Namespace/shop",
      "MODIFIED NetworkSet/shop/held",
    ]);
    expect(store.get(shop)).toMatchObject({ status: { phase: "Terminating" } });
    await expect(store.create("NetworkSet", "new", {}, inShop)).rejects.toThrow(
      'networksets.projectcalico.org "new" is forbidden: unable to create new content in namespace shop because it is being terminated',
    );
    const held = { kind: "NetworkSet", namespace: "shop", name: "held" };
    const released = ({ metadata, ...object }: KubeObject): KubeObject => ({
      ...object,
      metadata: { ...metadata, finalizers: [] },
    });
    expect(await store.edit(held, released)).toEqual([
      "DELETED NetworkSet/shop/held",
      "DELETED Namespace/shop",
      "DELETED Profile/kns.shop",
    ]);
  });

  test("takes along the profile of a service account, which follows the account's labels until then", async () => {
    const store = await Store.withTier();
    const account = { kind: "ServiceAccount", namespace: "shop", name: "cart" };
    const own = { kind: "Profile", name: "ksa.shop.cart" };
    const applied = () => (store.get(own)?.spec as { labelsToApply?: object } | undefined)?.labelsToApply;
    await store.create("ServiceAccount", "cart", {}, { ...inShop, labels: { role: "api" } });
    expect(applied()).toEqual({ "pcsa.projectcalico.org/name": "cart", "pcsa.role": "api" });
    await store.edit(account, (one) => ({ ...one, metadata: { ...one.metadata, labels: { team: "a" } } }));
    expect(applied()).toEqual({ "pcsa.projectcalico.org/name": "cart", "pcsa.team": "a" });
    expect(await store.delete("ServiceAccount", "cart", "shop")).toEqual([
      "DELETED ServiceAccount/shop/cart",
      "MODIFIED Profile/ksa.shop.cart",
    ]);
    expect(applied()).toEqual({ "pcsa.projectcalico.org/name": "cart" });
    await store.delete("Namespace", "shop");
    expect(store.get(own)).toBeUndefined();
  });

  test("called default stays", async () => {
    const store = await Store.withTier();
    await store.create("Namespace", "default");
    await expect(store.delete("Namespace", "default")).rejects.toThrow(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });

  test.each(resourceDefinitions.filter(({ namespaced }) => namespaced).map(({ kind }) => kind))(
    "takes its %s objects along",
    async (kind) => {
      const store = await Store.withTier();
      await store.create(kind, kind === "WorkloadEndpoint" ? "n1-k8s-p-eth0" : "a", LEAST[kind], inShop);
      expect(await store.delete("Namespace", "shop")).toContain("DELETED Namespace/shop");
    },
  );
});

describe("a node", () => {
  test("takes along what is about it alone", async () => {
    const store = await Store.withTier();
    for (const name of ["n1", "n2"]) {
      await store.create("Node", name);
      await store.create("BGPPeer", `peer-of-${name}`, { node: name, peerIP: "192.0.2.1", asNumber: 64512 });
      await store.create("HostEndpoint", `host-of-${name}`, { node: name, interfaceName: "*" });
      await store.create("FelixConfiguration", `node.${name}`);
    }
    expect(await store.delete("Node", "n1")).toEqual([
      "DELETED Node/n1",
      "DELETED FelixConfiguration/node.n1",
      "DELETED BGPPeer/peer-of-n1",
      "DELETED HostEndpoint/host-of-n1",
    ]);
  });
});

describe("a tier", () => {
  test("waits for its policies, says how many, and goes when the last is deleted or moved", async () => {
    const store = await Store.withTier();
    await store.create("Tier", "t");
    await store.create("Tier", "u");
    expect(store.condition("Tier", "t", "Ready")).toBe("True OK: ");
    for (const name of ["a", "b"]) await store.create("GlobalNetworkPolicy", name, { tier: "t" });
    expect(await store.delete("Tier", "t")).toEqual(["MODIFIED Tier/t"]);
    expect(store.condition("Tier", "t", "Ready")).toBe(
      "False Terminating: Waiting for policies to be removed: 2 GlobalNetworkPolicies",
    );
    await expect(store.create("GlobalNetworkPolicy", "c", { tier: "t" })).rejects.toThrow('Tier "t" is being deleted');
    expect(await store.delete("GlobalNetworkPolicy", "a")).toEqual([
      "DELETED GlobalNetworkPolicy/a",
      "MODIFIED Tier/t",
    ]);
    const moved = (object: KubeObject): KubeObject => ({ ...object, spec: { ...(object.spec as object), tier: "u" } });
    expect(await store.edit({ kind: "GlobalNetworkPolicy", name: "b" }, moved)).toEqual([
      "MODIFIED GlobalNetworkPolicy/b",
      "DELETED Tier/t",
    ]);
  });

  test("without policies goes at once", async () => {
    const store = await Store.withTier();
    await store.create("Tier", "t");
    expect(await store.delete("Tier", "t")).toEqual(["DELETED Tier/t"]);
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
  async function withPool(): Promise<Store> {
    const store = await Store.withTier();
    await store.create("IPPool", "p", { cidr: "10.0.0.0/24", blockSize: 30 });
    for (const [name, spec] of [
      ["b0", free],
      ["b1", used],
    ] as const) {
      await store.create("IPAMBlock", name, { ...spec, affinity: "host:n1" });
      await store.create("BlockAffinity", `n1-${name}`, { state: "confirmed", node: "n1", cidr: spec.cidr });
    }
    return store;
  }

  test("says whether addresses come from it", async () => {
    const store = await withPool();
    expect(store.condition("IPPool", "p", "Allocatable")).toBe("True OK: ");
    const disabled = (object: KubeObject): KubeObject => ({
      ...object,
      spec: { ...(object.spec as object), disabled: true },
    });
    await store.edit({ kind: "IPPool", name: "p" }, disabled);
    expect(store.condition("IPPool", "p", "Allocatable")).toBe("False PoolDisabled: spec.disabled is true");
  });

  test("in use gives up its empty blocks at once, the others with their last address, then itself", async () => {
    const store = await withPool();
    expect(await store.delete("IPPool", "p")).toEqual([
      "MODIFIED IPPool/p",
      "DELETED IPAMBlock/b0",
      "DELETED BlockAffinity/n1-b0",
    ]);
    expect(store.condition("IPPool", "p", "Allocatable")).toContain("False Terminating");
    await expect(store.create("IPAMBlock", "b2", { ...free, cidr: "10.0.0.8/30" })).rejects.toThrow(
      "its pool is being deleted",
    );
    const empty = (object: KubeObject): KubeObject => ({ ...object, spec: { ...free, cidr: used.cidr } });
    expect(await store.edit({ kind: "IPAMBlock", name: "b1" }, empty)).toEqual([
      "MODIFIED IPAMBlock/b1",
      "DELETED IPAMBlock/b1",
      "DELETED BlockAffinity/n1-b1",
      "DELETED IPPool/p",
    ]);
    expect(await store.create("IPPool", "again", { cidr: "10.0.0.0/24" })).toEqual(["ADDED IPPool/again"]);
  });

  test("not in use goes at once, with claims that never became blocks", async () => {
    const store = await Store.withTier();
    await store.create("IPPool", "p", { cidr: "10.0.0.0/24" });
    await store.create("BlockAffinity", "n1-x", { state: "pending", node: "n1", cidr: "10.0.0.0/26" });
    expect(await store.delete("IPPool", "p")).toEqual(["DELETED IPPool/p", "DELETED BlockAffinity/n1-x"]);
  });

  test("deleted twice keeps the time of the first deletion", async () => {
    const store = await withPool();
    await store.delete("IPPool", "p");
    expect(await store.delete("IPPool", "p")).toEqual([]);
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
