/** T40-T53: protocols, nets, families, numeric ports; T76-T85: ICMP and the rest. */
import { allow, deny, flow, ingress, ping, scenario } from "./build.ts";
import type { RuleInput } from "./build.ts";
import type { Probe, Scenario } from "./scenario.ts";
import { hostNet } from "./topology.ts";

const tcp = (port: number, expect: "A" | "D"): Probe => flow("a1", "b1", expect, "tcp", port);
const icmp = (type: number, code: number, expect: "A" | "D"): Probe => ({
  ...ping("a1", "b1", expect),
  icmp: { type, code },
});
const tcpPorts = (destination: object): RuleInput => ({ action: "Allow", protocol: "TCP", destination });

export const fieldScenarios: readonly Scenario[] = [
  scenario({
    id: "T40",
    title: "protocol by number",
    objects: [ingress("b1", [{ action: "Allow", protocol: 6 }])],
    probes: [tcp(80, "A"), flow("a1", "b1", "D", "udp", 80)],
  }),
  scenario({
    id: "T41",
    title: "notProtocol",
    objects: [ingress("b1", [{ action: "Allow", notProtocol: "UDP" }])],
    probes: [tcp(80, "A"), ping("a1", "b1", "A"), flow("a1", "b1", "D", "udp", 80)],
  }),
  scenario({
    id: "T42",
    title: "a protocol without a name",
    objects: [ingress("b1", [{ action: "Allow", protocol: 253 }])],
    probes: [flow("a1", "b1", "A", 253), flow("a1", "b1", "D", 254)],
  }),
  scenario({
    id: "T43",
    title: "nets of IPv4 allow nothing in IPv6",
    objects: [ingress("b1", [{ action: "Allow", source: { nets: ["10.0.1.0/24"] } }])],
    probes: (family) => [tcp(80, family === 4 ? "A" : "D"), flow("X", "b1", "D")],
  }),
  scenario({
    id: "T44",
    title: "nets of IPv6 allow nothing in IPv4",
    objects: [ingress("b1", [{ action: "Allow", source: { nets: ["fd00:1::/64"] } }])],
    probes: (family) => [tcp(80, family === 6 ? "A" : "D")],
  }),
  scenario({
    id: "T45",
    title: "a Deny of IPv6 nets does nothing in IPv4",
    objects: [ingress("b1", [{ action: "Deny", source: { nets: ["fd00::/8"] } }, allow])],
    probes: (family) => [tcp(80, family === 4 ? "A" : "D")],
  }),
  scenario({
    id: "T46",
    title: "a rule with notNets of the other family is absent",
    objects: [ingress("b1", [{ action: "Allow", source: { notNets: ["10.0.1.1/32"] } }])],
    probes: (family) => [tcp(80, "D"), flow("a2", "b1", family === 4 ? "A" : "D")],
  }),
  scenario({
    id: "T47",
    title: "nets and notNets together",
    objects: (family) => [
      ingress("b1", [
        {
          action: "Allow",
          source:
            family === 4
              ? { nets: ["10.0.0.0/8"], notNets: ["10.0.1.1/32", "10.0.3.0/24"] }
              : { nets: ["fd00::/8"], notNets: ["fd00:1::1/128", "fd00:3::/64"] },
        },
      ]),
    ],
    probes: [tcp(80, "D"), flow("a2", "b1", "A"), flow("X", "b1", "D")],
  }),
  scenario({
    id: "T48",
    title: "forty nets, the last of which fits",
    objects: (family) => [
      ingress("b1", [
        {
          action: "Allow",
          source: {
            nets: [
              ...Array.from({ length: 39 }, (_, i) => (family === 4 ? `10.7.${i}.0/24` : `fd07:${i}::/64`)),
              hostNet("a1", family),
            ],
          },
        },
      ]),
    ],
    probes: [tcp(80, "A"), flow("a2", "b1", "D")],
  }),
  scenario({
    id: "T49",
    title: "ipVersion",
    objects: [ingress("b1", [{ ...deny, ipVersion: 4 }, allow])],
    probes: (family) => [tcp(80, family === 4 ? "D" : "A")],
  }),
  scenario({
    id: "T50",
    title: "many single ports and a range",
    objects: [
      ingress("b1", [tcpPorts({ ports: [...Array.from({ length: 16 }, (_, i) => 1001 + i), "2000:2010", 8055] })]),
    ],
    probes: [tcp(1016, "A"), tcp(2000, "A"), tcp(2010, "A"), tcp(2011, "D"), tcp(8055, "A"), tcp(80, "D")],
  }),
  scenario({
    id: "T51",
    title: "notPorts",
    objects: [ingress("b1", [tcpPorts({ notPorts: [80, "8000:8100"] })])],
    probes: [tcp(80, "D"), tcp(8055, "D"), tcp(81, "A"), flow("a1", "b1", "D", "udp", 81)],
  }),
  scenario({
    id: "T52",
    title: "ports and notPorts together",
    objects: [ingress("b1", [tcpPorts({ ports: ["80:90"], notPorts: [85] })])],
    probes: [tcp(85, "D"), tcp(86, "A")],
  }),
  scenario({
    id: "T53",
    title: "source ports",
    objects: [ingress("b1", [{ action: "Allow", protocol: "TCP", source: { ports: [40_000] } }])],
    probes: [
      { ...tcp(80, "A"), sourcePort: 40_000 },
      { ...tcp(80, "D"), sourcePort: 40_001 },
    ],
  }),
  scenario({
    id: "T76",
    title: "an ICMP type",
    objects: (family) => [
      ingress("b1", [
        family === 4
          ? { action: "Allow", protocol: "ICMP", icmp: { type: 8 } }
          : { action: "Allow", protocol: "ICMPv6", icmp: { type: 128 } },
      ]),
    ],
    probes: [ping("a1", "b1", "A"), tcp(80, "D")],
  }),
  scenario({
    id: "T77",
    title: "an ICMP type and code",
    families: [4],
    objects: [ingress("b1", [{ action: "Allow", protocol: "ICMP", icmp: { type: 8, code: 0 } }])],
    probes: [icmp(8, 0, "A"), icmp(8, 1, "D")],
  }),
  scenario({
    id: "T78",
    title: "notICMP with a code excludes only both together",
    families: [4],
    objects: [ingress("b1", [{ action: "Allow", protocol: "ICMP", notICMP: { type: 8, code: 0 } }])],
    probes: [icmp(8, 0, "D"), icmp(8, 1, "A"), icmp(13, 0, "A"), tcp(80, "D")],
  }),
  scenario({
    id: "T79",
    title: "notICMP without a protocol matches what is no ICMP",
    objects: [ingress("b1", [{ action: "Allow", notICMP: { type: 8 } }])],
    probes: (family) =>
      family === 4 ? [icmp(8, 0, "D"), icmp(13, 0, "A"), tcp(80, "A")] : [ping("a1", "b1", "A"), tcp(80, "A")],
  }),
  scenario({
    id: "T80",
    title: "ICMPv6 by protocol",
    objects: [ingress("b1", [{ action: "Allow", protocol: "ICMPv6" }])],
    probes: (family) => [ping("a1", "b1", family === 6 ? "A" : "D")],
  }),
  scenario({
    id: "T82",
    title: "an http clause is not the kernel's business",
    objects: [ingress("b1", [{ ...tcpPorts({ ports: [80] }), http: { methods: ["GET"] } }])],
    probes: [tcp(80, "A"), tcp(81, "D")],
  }),
  scenario({
    id: "T83",
    title: "annotations on a rule never match",
    objects: [
      ingress("b1", [{ ...tcpPorts({ ports: [80] }), metadata: { annotations: { note: "two\nlines, ünïcödé" } } }]),
    ],
    probes: [tcp(80, "A"), tcp(81, "D")],
  }),
  scenario({
    id: "T85",
    title: "SCTP ports",
    objects: [ingress("b1", [{ action: "Allow", protocol: "SCTP", destination: { ports: [80] } }])],
    probes: [flow("a1", "b1", "A", "sctp", 80), flow("a1", "b1", "D", "sctp", 81)],
  }),
];
