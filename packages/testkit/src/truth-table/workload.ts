/** T88-T103: spoofing, encapsulation, traffic with the nodes themselves. */
import { allow, deny, egress, felix, flow, ingress, ping, scenario } from "./build.ts";
import type { Family, Scenario } from "./scenario.ts";
import { addressOf, workload } from "./topology.ts";

const stranger = (family: Family): string => (family === 4 ? "198.51.100.1" : "2001:db8:5100::1");
const other = (family: Family): string => (family === 4 ? "203.0.113.1" : "2001:db8:2030::1");
const prefixes = ["198.51.100.0/24", "2001:db8:5100::/64"];

export const workloadScenarios: readonly Scenario[] = [
  scenario({
    id: "T88",
    title: "a workload sends from its own addresses only",
    probes: (family) => [
      { ...flow("a1", "b1", "D"), sourceAddress: addressOf("a2", family) },
      { ...flow("a1", "b1", "D"), sourceAddress: stranger(family) },
    ],
  }),
  scenario({
    id: "T89",
    title: "a workload may send from its allowed prefixes, under its policy",
    objects: [
      felix({ workloadSourceSpoofing: "Any" }),
      workload("a1", { allowSpoofedSourcePrefixes: prefixes }),
      egress("a1", [{ action: "Allow", protocol: "TCP", destination: { ports: [80] } }]),
    ],
    // Nobody answers to a stranger's address, so "allowed" is seen at the receiver.
    probes: (family) => [
      { ...flow("a1", "b1", "A"), sourceAddress: stranger(family) },
      { ...flow("a1", "b1", "D", "tcp", 81), sourceAddress: stranger(family) },
      { ...flow("a1", "b1", "D"), sourceAddress: other(family) },
    ],
  }),
  scenario({
    id: "T90",
    title: "a workload sends no IPIP",
    probes: [flow("a1", "X", "D", 4)],
    steps: [
      {
        title: "allowIPIPPacketsFromWorkloads",
        put: [felix({ allowIPIPPacketsFromWorkloads: true })],
        probes: [flow("a1", "X", "A", 4)],
      },
    ],
  }),
  scenario({
    id: "T91",
    title: "a workload sends no VXLAN",
    probes: [flow("a1", "X", "D", "udp", 4789), flow("a1", "X", "A", "udp", 4790)],
    steps: [
      {
        title: "allowVXLANPacketsFromWorkloads",
        put: [felix({ allowVXLANPacketsFromWorkloads: true })],
        probes: [flow("a1", "X", "A", "udp", 4789)],
      },
    ],
  }),
  scenario({
    id: "T94",
    title: "a workload does not reach its own node",
    probes: [flow("a1", "hA", "D", "tcp", 8055), flow("a1", "hB", "A", "tcp", 8055)],
    steps: [
      {
        title: "defaultEndpointToHostAction Accept",
        put: [felix({ defaultEndpointToHostAction: "Accept" })],
        probes: [flow("a1", "hA", "A", "tcp", 8055)],
      },
      {
        title: "defaultEndpointToHostAction Return, and the node's own rules accept (T95)",
        put: [felix({ defaultEndpointToHostAction: "Return" })],
        probes: [flow("a1", "hA", "A", "tcp", 8055)],
      },
    ],
  }),
  scenario({
    id: "T96",
    title: "egress policy comes before the way to the node",
    objects: [felix({ defaultEndpointToHostAction: "Accept" }), egress("a1", [deny])],
    probes: [flow("a1", "hA", "D", "tcp", 8055), flow("a2", "hA", "A", "tcp", 8055)],
  }),
  scenario({
    id: "T97",
    title: "a node always reaches its own workloads",
    objects: [ingress("a1", [deny])],
    probes: [flow("hA", "a1", "A"), flow("a2", "a1", "D")],
  }),
  scenario({
    id: "T98",
    title: "another node's processes are strangers",
    objects: [ingress("a1", [deny])],
    probes: [flow("hB", "a1", "D"), flow("hB", "a2", "A")],
  }),
  scenario({
    id: "T99",
    title: "neighbour discovery with the node is never denied, a ping is",
    families: [6],
    objects: [egress("a1", [deny])],
    probes: [ping("a1", "hA", "D")],
  }),
  scenario({
    id: "T103",
    title: "Reject denies as well",
    objects: [felix({ nftablesFilterDenyAction: "Reject" }), ingress("b1", [deny])],
    probes: [flow("a1", "b1", "D"), flow("a1", "b1", "D", "udp", 80), flow("a1", "a2", "A")],
  }),
  scenario({
    id: "T105",
    title: "an endpoint's rules are its own, whoever had the address before",
    objects: [ingress("b1", [allow])],
    probes: [flow("a1", "b1", "A")],
    steps: [
      {
        title: "b1 gives its address to an endpoint under a denying policy",
        put: [
          workload("b1", { labels: { app: "b2" } }),
          {
            ...ingress("b1", [deny], { name: "in-b2" }),
            spec: { tier: "default", selector: "app == 'b2'", types: ["Ingress"], ingress: [deny] },
          },
        ],
        probes: [flow("a1", "b1", "D")],
      },
    ],
  }),
];
