import { expect, test } from "vitest";
import { findKind, kindOfDocument, ownKinds, pathOf, resolveKind } from "./kinds.ts";

/** calicoctl's other words for a kind, as its `resourcemgr` registers them. */
const ALIASES: Readonly<Record<string, string>> = {
  BGPConfiguration: "bgpconfig bgpconfigs",
  BGPFilter: "bgpf bgpfs bf bfs",
  BGPPeer: "bgpp bgpps bp bps",
  ClusterInformation: "clusterinfo clusterinfos",
  FelixConfiguration: "felixconfig felixconfigs",
  KubeControllersConfiguration: "kubecontrollersconfig kubecontrollersconfigs",
  GlobalNetworkPolicy: "gnp gnps",
  NetworkPolicy: "np policy policies pol pols",
  StagedGlobalNetworkPolicy: "sgnp sgnps",
  StagedNetworkPolicy: "snp stagedpolicy stagedpolicies spol spols",
  StagedKubernetesNetworkPolicy: "sknp stagedkubernetespolicy stagedkubernetespolicies skpol skpols",
  GlobalNetworkSet: "gnetsets",
  NetworkSet: "netsets",
  HostEndpoint: "hep heps",
  IPAMConfiguration: "ipamconfig ipamconfigs",
  IPPool: "ipp ipps pool pools",
  IPReservation: "reservation reservations",
  Node: "no nos",
  CalicoNodeStatus: "nodestatus nodestatuses",
  Profile: "pro pros",
  Tier: "tier tiers",
  WorkloadEndpoint: "wep weps",
};

test("every word of calicoctl's stands for its kind, in any case", () => {
  for (const { kind, plural } of ownKinds) {
    const words = [kind, plural, plural.toUpperCase(), ...(ALIASES[kind]?.split(" ") ?? [])];
    expect([kind, words.filter((word) => findKind(ownKinds, word).kind !== kind)]).toEqual([kind, []]);
  }
});

test("a word that stands for none is told, with what it may have been", () => {
  expect(() => findKind(ownKinds, "tiers2")).toThrow(
    /^resource type 'tiers2' is not supported; there are networkpolicies, .*; did you mean tiers\?$/,
  );
});

test("kubectl's form with the group is understood, and of another group it is not", () => {
  expect(findKind(ownKinds, "tiers.projectcalico.org").kind).toBe("Tier");
  expect(() => findKind(ownKinds, "tiers.example.org")).toThrow("is not supported");
});

test("a kind that is known asks nobody", async () => {
  await expect(resolveKind(() => Promise.reject(new Error("asked")), "gnp")).resolves.toMatchObject({
    kind: "GlobalNetworkPolicy",
  });
  await expect(resolveKind(() => Promise.reject(new Error("asked")), "pods")).rejects.toThrow("asked");
});

test("the kind of a document is its kind and version", () => {
  expect(kindOfDocument("projectcalico.org/v3", "Tier")?.plural).toBe("tiers");
  expect(kindOfDocument("v1", "Namespace")?.root).toBe("/api/v1");
  expect(kindOfDocument("v1", "Tier")).toBe(undefined);
  const kubernetes = kindOfDocument("networking.k8s.io/v1", "NetworkPolicy")!;
  expect(kubernetes.kind).toBe("KubernetesNetworkPolicy");
  expect(pathOf(kubernetes, "shop", "a")).toBe("/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/a");
  expect(findKind(ownKinds, "networkpolicies.networking.k8s.io")).toBe(kubernetes);
  expect(findKind(ownKinds, "networkpolicies").kind).toBe("NetworkPolicy");
  expect(findKind(ownKinds, "ClusterNetworkPolicy").kind).toBe("KubernetesClusterNetworkPolicy");
});

test("a path names a collection, of one namespace or of all, or an object in it", () => {
  const [sets, tiers] = [findKind(ownKinds, "netsets"), findKind(ownKinds, "tiers")];
  const root = "/apis/projectcalico.org/v3";
  expect(pathOf(sets)).toBe(`${root}/networksets`);
  expect(pathOf(sets, "a b")).toBe(`${root}/namespaces/a%20b/networksets`);
  expect(pathOf(sets, "shop", "x/y")).toBe(`${root}/namespaces/shop/networksets/x%2Fy`);
  expect(pathOf(tiers, "shop", "a")).toBe(`${root}/tiers/a`);
});
