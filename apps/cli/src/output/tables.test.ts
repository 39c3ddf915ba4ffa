import type { KubeObject } from "@percale/resources";
import { expect, test } from "vitest";
import { ownKinds } from "../rest/kinds.ts";
import { parseOutput } from "./format.ts";
import { render } from "./render.ts";
import { TABLES } from "./tables.ts";

const object = (kind: string, name: string, spec: object): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name },
  spec,
});

const shown = async (kind: string, output: string, ...specs: readonly object[]): Promise<string> =>
  render([{ items: specs.map((spec, i) => object(kind, String.fromCodePoint(97 + i), spec)) }], parseOutput(output), {
    kind,
    plural: "x",
    namespaces: false,
    asNumber: 64_999,
  });

const nets = Array.from({ length: 9 }, (_, i) => `10.0.0.${i}/32`);

test.each<[string, object, string, string]>([
  ["BGPConfiguration", { logSeverityScreen: "Info" }, "NAME|LOGSEVERITY|MESHENABLED|ASNUMBER\na|Info|-|-", ""],
  [
    "BGPConfiguration",
    { nodeToNodeMeshEnabled: false, asNumber: 5 },
    "NAME|LOGSEVERITY|MESHENABLED|ASNUMBER\na||false|5",
    "",
  ],
  ["BGPFilter", { exportV4: [{}, {}] }, "NAME|NUMEXPORTV4|NUMIMPORTV4|NUMEXPORTV6|NUMIMPORTV6\na|2|0|0|0", ""],
  ["BGPPeer", { peerIP: "192.0.2.1", asNumber: 5, node: "n1" }, "NAME|PEERIP|NODE|ASN\na|192.0.2.1|n1|5", ""],
  [
    "BGPPeer",
    { peerIP: "192.0.2.1", node: "", nodeSelector: "all()" },
    "NAME|PEERIP|NODE|ASN\na|192.0.2.1|all()|0",
    "",
  ],
  ["BGPPeer", { peerIP: "192.0.2.1" }, "NAME|PEERIP|NODE|ASN\na|192.0.2.1|(global)|0", ""],
  [
    "ClusterInformation",
    { clusterGUID: "g", clusterType: "t", calicoVersion: "v", datastoreReady: true },
    "NAME|CLUSTERGUID|CLUSTERTYPE|CALICOVERSION|DATASTOREREADY\na|g|t|v|true",
    "",
  ],
  ["ClusterInformation", {}, "NAME|CLUSTERGUID|CLUSTERTYPE|CALICOVERSION|DATASTOREREADY\na||||<nil>", ""],
  ["FelixConfiguration", { mtu: 5 }, "NAME\na", ""],
  ["KubeControllersConfiguration", {}, "NAME\na", ""],
  [
    "GlobalNetworkPolicy",
    { tier: "t", order: 5, selector: "all()" },
    "NAME|TIER\na|t",
    "NAME|TIER|ORDER|SELECTOR\na|t|5|all()",
  ],
  ["NetworkPolicy", {}, "NAME|TIER\na|default", "NAME|TIER|ORDER|SELECTOR\na|default|<nil>|"],
  ["StagedGlobalNetworkPolicy", {}, "NAME|TIER\na|default", "NAME|TIER|ORDER|SELECTOR\na|default|<nil>|"],
  ["StagedNetworkPolicy", {}, "NAME|TIER\na|default", "NAME|TIER|ORDER|SELECTOR\na|default|<nil>|"],
  [
    "StagedKubernetesNetworkPolicy",
    {
      podSelector: {
        matchLabels: { b: "2", a: "1" },
        matchExpressions: [
          { key: "x", operator: "In", values: ["1", "2"] },
          { key: "y", operator: "Exists" },
          { key: "z", operator: "DoesNotExist" },
        ],
      },
    },
    "NAME\na",
    "NAME|PODSELECTOR\na|a=1,b=2,x in (1,2),y,!z",
  ],
  ["StagedKubernetesNetworkPolicy", {}, "NAME\na", "NAME|PODSELECTOR\na|"],
  ["GlobalNetworkSet", { nets }, "NAME\na", `NAME|NETS\na|${nets.join(",").slice(0, 77)}...`],
  ["NetworkSet", { nets: nets.slice(0, 2) }, "NAME\na", "NAME|NETS\na|10.0.0.0/32,10.0.0.1/32"],
  [
    "HostEndpoint",
    { node: "n", interfaceName: "eth0", expectedIPs: ["1", "2"], profiles: ["p"] },
    "NAME|NODE\na|n",
    "NAME|NODE|INTERFACE|IPS|PROFILES\na|n|eth0|1,2|p",
  ],
  [
    "IPAMConfiguration",
    { strictAffinity: true, maxBlocksPerHost: 4 },
    "NAME|STRICTAFFINITY|AUTOALLOCATEBLOCKS\na|true|false",
    "NAME|STRICTAFFINITY|AUTOALLOCATEBLOCKS|MAXBLOCKSPERHOST\na|true|false|4",
  ],
  [
    "IPPool",
    { cidr: "10.0.0.0/8", nodeSelector: "all()" },
    "NAME|CIDR|SELECTOR\na|10.0.0.0/8|all()",
    "NAME|CIDR|NAT|IPIPMODE|VXLANMODE|DISABLED|DISABLEBGPEXPORT|SELECTOR|ASSIGNMENTMODE\na|10.0.0.0/8|false|Never|Never|false|false|all()|<nil>",
  ],
  [
    "IPPool",
    {
      cidr: "c",
      natOutgoing: true,
      ipipMode: "Always",
      vxlanMode: "CrossSubnet",
      disabled: true,
      disableBGPExport: true,
      assignmentMode: "Manual",
    },
    "NAME|CIDR|SELECTOR\na|c|",
    "NAME|CIDR|NAT|IPIPMODE|VXLANMODE|DISABLED|DISABLEBGPEXPORT|SELECTOR|ASSIGNMENTMODE\na|c|true|Always|CrossSubnet|true|true||Manual",
  ],
  ["IPReservation", { reservedCIDRs: ["1", "2"] }, "NAME\na", "NAME|CIDRS\na|1,2"],
  ["Node", { bgp: { ipv4Address: "1", ipv6Address: "2" } }, "NAME\na", "NAME|ASN|IPV4|IPV6\na|(64999)|1|2"],
  ["Node", { bgp: { asNumber: 5 } }, "NAME\na", "NAME|ASN|IPV4|IPV6\na|5||"],
  ["CalicoNodeStatus", { node: "n", classes: ["Agent", "BGP"] }, "NAME|NODE\na|n", "NAME|NODE|CLASSES\na|n|Agent,BGP"],
  ["Profile", { labelsToApply: { b: "2", a: "1" } }, "NAME\na", "NAME|LABELS\na|a=1,b=2"],
  ["Tier", {}, "NAME|ORDER\na|<nil>", ""],
  [
    "WorkloadEndpoint",
    {
      pod: "p",
      node: "n",
      ipNetworks: ["1", "2"],
      interfaceName: "cali1",
      profiles: ["x", "y"],
      ipNATs: [{ internalIP: "1", externalIP: "9" }],
    },
    "WORKLOAD|NODE|NETWORKS|INTERFACE\np|n|1,2|cali1",
    "NAME|WORKLOAD|NODE|NETWORKS|INTERFACE|PROFILES|NATS\na|p|n|1,2|cali1|x,y|9->1",
  ],
  [
    "WorkloadEndpoint",
    { workload: "w", containerID: "c" },
    "WORKLOAD|NODE|NETWORKS|INTERFACE\nw|||",
    "NAME|WORKLOAD|NODE|NETWORKS|INTERFACE|PROFILES|NATS\na|w|||||",
  ],
])("%s %j is shown as calicoctl does", async (kind, spec, ps, wide) => {
  const cells = (text: string): string =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => cutAt(text.split("\n")[0]!, line))
      .join("\n");
  expect(cells(await shown(kind, "ps", spec))).toBe(ps);
  expect(cells(await shown(kind, "wide", spec))).toBe(wide === "" ? ps : wide);
});

/** A line's cells, cut where the headings begin. */
function cutAt(head: string, line: string): string {
  const starts = [...head.matchAll(/\S+/g)].map(({ index }) => index);
  return starts.map((start, i) => line.slice(start, starts[i + 1]).trim()).join("|");
}

test("tiers come in their order, one without an order last, equals by name", async () => {
  expect(await shown("Tier", "ps", { order: 30 }, {}, { order: 10 }, { order: 10 })).toBe(
    "NAME   ORDER\nc      10\nd      10\na      30\nb      <nil>\n\n",
  );
});

test("every kind of calicoctl's that there is has its table, and one that calicoctl does not know has none", () => {
  const without = ownKinds.map(({ kind }) => kind).filter((kind) => TABLES[kind] === undefined);
  expect(without).toEqual(expect.arrayContaining(["BlockAffinity", "IPAMBlock", "IPAMHandle", "Namespace"]));
  for (const kind of ["Tier", "NetworkPolicy", "IPPool", "Node", "Profile"]) expect(without).not.toContain(kind);
});

test("every heading of a table has its cell", () => {
  for (const [kind, { ps, wide, cells }] of Object.entries(TABLES))
    expect([kind, [...ps, ...wide].filter((heading) => cells[heading] === undefined)]).toEqual([kind, []]);
});
