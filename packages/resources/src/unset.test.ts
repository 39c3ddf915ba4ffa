import { describe, expect, test } from "vitest";
import { resourceDefinitions } from "./index.ts";
import type { JsonSchema } from "./index.ts";
import { faultsOf, fieldsSchema, specOf } from "./testdata/cases.ts";

/** The least that each kind accepts; {} where absent. */
const LEAST: Readonly<Record<string, object>> = {
  CalicoNodeStatus: { node: "n1", classes: ["BGP"], updatePeriodSeconds: 10 },
  EndpointSlice: { addressType: "IPv4", endpoints: [] },
  HostEndpoint: { node: "n1", expectedIPs: ["192.0.2.1"] },
  KubeControllersConfiguration: { controllers: {} },
  KubernetesClusterNetworkPolicy: { tier: "Admin", priority: 1, subject: { namespaces: {} } },
  LiveMigration: {
    source: { workload: { hostname: "n1", orchestratorID: "o", workloadID: "w" } },
    target: { selector: "all()" },
  },
  PendingChange: { deadline: "2030-01-01T00:00:00Z" },
  Service: { ports: [{ port: 80 }] },
  IPPool: { cidr: "10.0.0.0/16" },
  BGPPeer: { peerIP: "192.0.2.1", asNumber: 64512 },
  BlockAffinity: { node: "n1", state: "confirmed", cidr: "10.0.0.0/26" },
  IPAMBlock: { cidr: "10.0.0.0/26", allocations: [], unallocated: [], attributes: [] },
  IPAMHandle: { handleID: "h", block: {} },
  WorkloadEndpoint: { orchestrator: "k8s", node: "n1", pod: "p", endpoint: "eth0" },
};
const NAMES: Readonly<Record<string, string>> = { WorkloadEndpoint: "n1-k8s-p-eth0" };

const optionalTexts = resourceDefinitions.flatMap((definition) => {
  const { kind } = definition;
  const spec = fieldsSchema(definition);
  const given = LEAST[kind] ?? {};
  return Object.entries(spec["properties"] as Record<string, JsonSchema>)
    .filter(([name, field]) => field["type"] === "string" && !(name in given))
    .map(([name]) => ({ kind, name, given }));
});

test.each(optionalTexts)("an empty $name of $kind is not set", ({ kind, name, given }) => {
  expect(specOf(kind, { ...given, [name]: "" }, NAMES[kind])).toEqual(specOf(kind, given, NAMES[kind]));
});

describe("what a Go client writes for a field that it did not set counts as not set", () => {
  test.each<[kind: string, zeros: object]>([
    ["IPPool", { blockSize: 0, vxlanMode: "", ipipMode: "", nodeSelector: "", namespaceSelector: "" }],
    ["BGPConfiguration", { listenPort: 0, asNumber: 0, logSeverityScreen: "", nodeMeshMaxRestartTime: "" }],
    [
      "FelixConfiguration",
      { wireguardListeningPort: 0, ipv4NormalRoutePriority: 0, logSeveritySys: "", nodeSelector: "" },
    ],
    ["BGPPeer", { localASNumber: 0, nextHopMode: "", reachableBy: "", sourceAddress: "" }],
  ])("%s", (kind, zeros) => {
    expect(specOf(kind, { ...LEAST[kind], ...zeros })).toEqual(specOf(kind, LEAST[kind] ?? {}));
  });
});

test("a 0 that means something stays", () => {
  const icmp = { type: 0, code: 0 };
  expect(
    specOf("GlobalNetworkPolicy", { order: 0, ingress: [{ action: "Allow", protocol: "ICMP", icmp }] }),
  ).toMatchObject({ order: 0, ingress: [{ icmp }] });
  expect(specOf("FelixConfiguration", { prometheusMetricsPort: 0 })).toMatchObject({ prometheusMetricsPort: 0 });
});

test("an empty condition of a rule is refused, not left out: that would widen the rule", () => {
  const faults = (rule: object): string[] =>
    faultsOf("GlobalNetworkPolicy", { ingress: [{ action: "Allow", ...rule }] });
  expect(faults({ protocol: 0 })).toEqual(["ingress[0].protocol: Invalid"]);
  expect(faults({ protocol: "" })).toEqual(["ingress[0].protocol: Invalid"]);
  expect(faults({ ipVersion: 0 })).toEqual(["ingress[0].ipVersion: NotSupported"]);
  expect(faults({ protocol: "TCP", source: { ports: [0] } })).toEqual(["ingress[0].source.ports[0]: Invalid"]);
});

test("a 0 in a text and a text in a number are mistakes, not zeros", () => {
  expect(faultsOf("IPPool", { cidr: "10.0.0.0/16", blockSize: "", nodeSelector: 0 })).toEqual([
    "blockSize: TypeInvalid",
    "nodeSelector: TypeInvalid",
  ]);
});

test("required fields keep their rules", () => {
  expect(faultsOf("IPPool", { cidr: "" })).toEqual(["cidr: Invalid"]);
  expect(faultsOf("BlockAffinity", { node: "", state: "", cidr: "10.0.0.0/26" })).toEqual(["node: Invalid"]);
});
