import { expect, test } from "vitest";
import { needsOf } from "./needs.ts";

test("an agent gets what its graph, BIRD and addresses are made of; handles it asks for", () => {
  expect(Object.keys(needsOf("agent")!)).toEqual([
    "NetworkPolicy",
    "GlobalNetworkPolicy",
    "KubernetesNetworkPolicy",
    "KubernetesClusterNetworkPolicy",
    "Tier",
    "IPPool",
    "IPReservation",
    "NetworkSet",
    "GlobalNetworkSet",
    "HostEndpoint",
    "Profile",
    "BGPPeer",
    "FelixConfiguration",
    "BGPConfiguration",
    "IPAMConfiguration",
    "BlockAffinity",
    "Namespace",
    "EndpointSlice",
    "Node",
    "WorkloadEndpoint",
    "IPAMBlock",
  ]);
});

test("who only makes tunnels gets pools and nodes, in the form that all get", () => {
  expect(needsOf("tunnel")).toEqual({
    IPPool: { shared: ["metadata.deletionTimestamp", "spec", "status"], node: undefined },
    Node: { shared: ["metadata.creationTimestamp", "metadata.labels", "spec"], node: undefined },
  });
});

test("who only reports gets nothing, and who asks for all gets all, whole", () => {
  expect(needsOf("status")).toEqual({});
  expect(needsOf("all")).toBeUndefined();
});
