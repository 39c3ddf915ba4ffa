import { describe, expect, test } from "vitest";
import { faultsOf, specOf } from "../testdata/cases.ts";

const faults =
  (kind: string, name = "x") =>
  (_: string, spec: object, expected: string[]) => {
    expect(faultsOf(kind, spec, { name })).toEqual(expected);
  };

describe("a host endpoint", () => {
  const host = { node: "n1", interfaceName: "eth0" };
  test.each<[name: string, spec: object, expected: string[]]>([
    ["is of a node", { interfaceName: "eth0" }, ["node: Required"]],
    ["is an interface or addresses", { node: "n1" }, ["interfaceName: Invalid"]],
    ["may be all of a node", { node: "n1", interfaceName: "*" }, []],
    ["may be whatever has an address", { node: "n1", interfaceName: "", expectedIPs: ["192.0.2.1"] }, []],
    ["has a name that interfaces can have", { ...host, interfaceName: "a name" }, ["interfaceName: Invalid"]],
    ["has addresses", { ...host, expectedIPs: ["10.0.0.0/8"] }, ["expectedIPs[0]: Invalid"]],
    ["has each address once", { ...host, expectedIPs: ["192.0.2.1", "192.0.2.1"] }, ["expectedIPs[1]: Duplicate"]],
    [
      "has named ports of protocols with ports",
      { ...host, ports: [{ name: "a", protocol: "ICMP", port: 1 }] },
      ["ports[0].protocol: Invalid"],
    ],
    [
      "may have a name twice",
      {
        ...host,
        ports: [
          { name: "a", protocol: "TCP", port: 1 },
          { name: "a", protocol: "UDP", port: 1 },
        ],
      },
      [],
    ],
  ])("%s", faults("HostEndpoint"));
});

describe("a BGP filter", () => {
  const rule = { action: "Accept", matchOperator: "In", cidr: "10.0.0.0/8" };
  const exported = (more: object): object => ({ exportV4: [{ ...rule, ...more }] });
  test.each<[name: string, spec: object, expected: string[]]>([
    ["may be of nothing", {}, []],
    [
      "compares a CIDR",
      { importV4: [{ action: "Reject", cidr: "10.0.0.0/8" }] },
      ["importV4[0].matchOperator: Invalid"],
    ],
    ["compares with a CIDR", { importV4: [{ action: "Reject", matchOperator: "In" }] }, ["importV4[0].cidr: Invalid"]],
    ["has CIDRs of the list's family", exported({ cidr: "fd00::/8" }), ["exportV4[0].cidr: Invalid"]],
    ["has CIDRs without host bits", exported({ cidr: "10.0.0.1/8" }), ["exportV4[0].cidr: Invalid"]],
    [
      "has lengths of a CIDR",
      { exportV4: [{ action: "Accept", prefixLength: { min: 8 } }] },
      ["exportV4[0].prefixLength: Invalid"],
    ],
    ["has lengths of the family", exported({ prefixLength: { max: 33 } }), ["exportV4[0].prefixLength.max: Invalid"]],
    [
      "has one community",
      exported({ communities: { values: ["1:2", "3:4"] } }),
      ["exportV4[0].communities.values: TooMany"],
    ],
    [
      "has good communities",
      exported({ communities: { values: ["70000:1"] } }),
      ["exportV4[0].communities.values[0]: Invalid"],
    ],
    [
      "changes what it accepts",
      { exportV4: [{ action: "Reject", operations: [{ setPriority: { value: 1 } }] }] },
      ["exportV4[0].operations: Invalid"],
    ],
    [
      "changes one thing at a time",
      exported({ operations: [{ setPriority: { value: 1 }, addCommunity: { value: "1:2" } }, {}] }),
      ["exportV4[0].operations[0]: Invalid", "exportV4[0].operations[1]: Invalid"],
    ],
    ["takes AS numbers in any spelling", exported({ asPathPrefix: ["1.10", 64512] }), []],
  ])("%s", faults("BGPFilter"));

  test("keeps AS numbers as numbers", () => {
    expect(specOf("BGPFilter", exported({ asPathPrefix: ["1.10"] }))).toEqual(exported({ asPathPrefix: [65_546] }));
  });
});

describe("the kube-controllers configuration", () => {
  const templates = (...all: readonly object[]): object => ({
    controllers: { node: { hostEndpoint: { templates: all } } },
  });
  test.each<[name: string, spec: object, expected: string[]]>([
    ["says which controllers run", {}, ["controllers: Required"]],
    [
      "has templates that say which interfaces",
      templates({ generateName: "a" }),
      ["controllers.node.hostEndpoint.templates[0]: Invalid"],
    ],
    [
      "has each template once",
      templates(
        { generateName: "a", interfacePattern: "eth.*" },
        { generateName: "a", interfaceCIDRs: ["10.0.0.0/8"] },
      ),
      ["controllers.node.hostEndpoint.templates[1].generateName: Invalid"],
    ],
    [
      "has patterns as Go reads them",
      templates({ generateName: "a", interfacePattern: "(?!a)" }),
      ["controllers.node.hostEndpoint.templates[0].interfacePattern: Invalid"],
    ],
  ])("%s", faults("KubeControllersConfiguration", "default"));

  test("is one, whose defaults are told in it", () => {
    expect(faultsOf("KubeControllersConfiguration", { controllers: {} }, { name: "other" })).toEqual([
      "metadata.name: Invalid",
    ]);
    expect(specOf("KubeControllersConfiguration", { controllers: { node: {} } })).toEqual({
      prometheusMetricsPort: 9094,
      controllers: { node: { leakGracePeriod: "15m0s" } },
    });
  });
});

describe("others", () => {
  test.each<[kind: string, spec: object, expected: string[]]>([
    ["IPReservation", { reservedCIDRs: ["10.0.0.1", "10.0.0.1/8", "x"] }, ["reservedCIDRs[2]: Invalid"]],
    [
      "CalicoNodeStatus",
      { node: "n1", classes: [], updatePeriodSeconds: 86_401 },
      ["classes: Invalid", "updatePeriodSeconds: Invalid"],
    ],
    ["CalicoNodeStatus", { node: "n1", classes: ["BGP"], updatePeriodSeconds: 0 }, []],
    ["LiveMigration", { source: {}, target: { selector: "all()" } }, ["source: Invalid"]],
    [
      "BFDConfiguration",
      { interfaces: [{ matchPattern: "eth*", multiplier: 300 }] },
      ["interfaces[0].multiplier: Invalid"],
    ],
    [
      "BGPPeer",
      { peerIP: "192.0.2.1", asNumber: 1, failureDetectionMode: "BFD" },
      ["failureDetectionMode: NotSupported"],
    ],
    ["FelixConfiguration", { establishedConnections: "Drop" }, ["establishedConnections: NotSupported"]],
  ])("%s %j", (kind, spec, expected) => {
    expect(faultsOf(kind, spec)).toEqual(expected);
  });
});
