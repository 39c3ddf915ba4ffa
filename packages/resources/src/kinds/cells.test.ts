import { expect, test } from "vitest";
import { cellOf, definitionOf } from "../index.ts";
import { objectWith } from "../testdata/cases.ts";

const NOW = Date.parse("2026-01-01T00:05:00Z");
const session = (state: string) => ({ peerIP: "192.0.2.1", state });
const learned = (sourceType: string) => ({ destination: "10.0.0.0/8", learnedFrom: { sourceType } });

/** By column, without name and age. */
function cells(kind: string, spec: object, status?: object): Record<string, unknown> {
  const object = { ...objectWith(kind, spec, "x"), ...(status !== undefined && { status }) };
  const shown = definitionOf(kind)!.columns.map((column) => [column.name, cellOf(column, object, NOW)] as const);
  return Object.fromEntries(shown.filter(([name]) => name !== "Name" && name !== "Age"));
}

test("a node's status is told as kubectl shows Calico's; a class that is not asked for has empty cells", () => {
  const status = {
    lastUpdated: "2026-01-01T00:04:55Z",
    agent: { birdV4: { state: "Ready" }, birdV6: { state: "NotReady" } },
    bgp: { numberEstablishedV4: 2, numberNotEstablishedV4: 1, peersV4: [session("Established")] },
    routes: { routesV4: [learned("BGPPeer"), learned("NodeMesh"), learned("Kernel")] },
  };
  const asked = { node: "n1", updatePeriodSeconds: 10, classes: ["Agent", "BGP"] };
  expect(cells("CalicoNodeStatus", asked, status)).toEqual({
    Node: "n1",
    Classes: "Agent,BGP",
    "Update Interval": "10s",
    "last Updated": "5s ago",
    "Agent State": "v4(Ready) v6(NotReady)",
    "ESTABLISHED-V4": "2/3",
    "ESTABLISHED-V6": "0/0",
    "NUM-V4-ROUTES": null,
    "NUM-V6-ROUTES": null,
  });
  expect(cells("CalicoNodeStatus", { ...asked, classes: ["Routes"] }, status)).toMatchObject({
    "Agent State": null,
    "ESTABLISHED-V4": null,
    "NUM-V4-ROUTES": 2,
    "NUM-V6-ROUTES": 0,
  });
  expect(cells("CalicoNodeStatus", asked)).toMatchObject({ "last Updated": null, "Agent State": null });
});

test("Kubernetes' kinds are told as kubectl shows them", () => {
  const ports = [
    { port: 80, protocol: "TCP", nodePort: 30080 },
    { port: 53, protocol: "UDP" },
  ];
  expect(
    cells("Service", { type: "LoadBalancer", ports, clusterIP: "10.96.0.1", selector: { b: "2", a: "1" } }),
  ).toEqual({
    Type: "LoadBalancer",
    "Cluster-IP": "10.96.0.1",
    "External-IP": "<pending>",
    "Port(s)": "80:30080/TCP,53/UDP",
    Selector: "a=1,b=2",
  });
  const addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];
  const endpoints = addresses.map((address) => ({ addresses: [address] }));
  expect(cells("EndpointSlice", { addressType: "IPv4", endpoints, ports: [{ port: 80 }, {}] })).toEqual({
    AddressType: "IPv4",
    Ports: "80,*",
    Endpoints: "10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...",
  });
  const podSelector = {
    matchLabels: { app: "web" },
    matchExpressions: [
      { key: "tier", operator: "In", values: ["a", "b"] },
      { key: "old", operator: "DoesNotExist" },
    ],
  };
  expect(cells("KubernetesNetworkPolicy", { podSelector })).toEqual({ "Pod-Selector": "app=web,tier in (a,b),!old" });
  expect(cells("KubernetesNetworkPolicy", { podSelector: {} })).toEqual({ "Pod-Selector": "<none>" });
  expect(cells("ServiceAccount", {})).toEqual({ Secrets: 0 });
});
