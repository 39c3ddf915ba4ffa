/** T54-T72: named ports, selectors, network sets. */
import { egress, flow, globalPolicy, ingress, namespacedIngress, ref, scenario } from "./build.ts";
import type { RuleInput } from "./build.ts";
import type { Family, Probe, Scenario, Verdict } from "./scenario.ts";
import { NAMESPACE, hostNet, object, profile, workload } from "./topology.ts";

const tcp = (port: number, expect: Verdict): Probe => flow("a1", "b1", expect, "tcp", port);
const web = (port: number, protocol = "TCP") => ({ name: "web", protocol, port });
const b1Web = workload("b1", { ports: [web(8055)] });
const toPorts = (destination: object): RuleInput => ({ action: "Allow", protocol: "TCP", destination });
const from = (source: object): RuleInput => ({ action: "Allow", source });
const blue = profile("kns.red", {
  ingress: [{ action: "Allow" }],
  egress: [{ action: "Allow" }],
  labelsToApply: { "pcns.team": "blue", "pcns.projectcalico.org/name": NAMESPACE },
});
const set = (name: string, nets: readonly string[], labels: Readonly<Record<string, string>>) =>
  object("GlobalNetworkSet", name, { nets }, { labels });
const xNets = (["X"] as const).flatMap((place) => ([4, 6] as const).map((family: Family) => hostNet(place, family)));
const OUTSIDE = ["192.0.2.0/24", "2001:db8::/64"];

export const peerScenarios: readonly Scenario[] = [
  scenario({
    id: "T54",
    title: "a named port",
    objects: [b1Web, ingress("b1", [toPorts({ ports: ["web"] })])],
    probes: [tcp(8055, "A"), tcp(80, "D")],
    steps: [{ title: "T62: the name is removed", put: [workload("b1")], probes: [tcp(8055, "D")] }],
  }),
  scenario({
    id: "T55",
    title: "a named port is each endpoint's own number",
    objects: [b1Web, workload("a2", { ports: [web(80)] }), egress("a1", [toPorts({ ports: ["web"] })])],
    probes: [flow("a1", "a2", "A"), flow("a1", "a2", "D", "tcp", 8055), tcp(8055, "A"), tcp(80, "D")],
  }),
  scenario({
    id: "T56",
    title: "named or numbered",
    objects: [b1Web, ingress("b1", [toPorts({ ports: ["web", 81] })])],
    probes: [tcp(8055, "A"), tcp(81, "A"), tcp(80, "D")],
  }),
  scenario({
    id: "T57",
    title: "not a named port",
    objects: [b1Web, ingress("b1", [toPorts({ notPorts: ["web"] })])],
    probes: [tcp(8055, "D"), tcp(80, "A")],
  }),
  scenario({
    id: "T58",
    title: "not a named port nor many numbers",
    objects: [
      b1Web,
      ingress("b1", [toPorts({ notPorts: ["web", 80, ...Array.from({ length: 16 }, (_, i) => 3000 + i)] })]),
    ],
    probes: [tcp(8055, "D"), tcp(80, "D"), tcp(81, "A")],
  }),
  scenario({
    id: "T59",
    title: "a name declared for another protocol",
    objects: [workload("b1", { ports: [web(8055, "UDP")] }), ingress("b1", [toPorts({ ports: ["web"] })])],
    probes: [tcp(8055, "D")],
  }),
  scenario({
    id: "T60",
    title: "a name without protocol in the rule matches each as declared",
    objects: [
      workload("b1", { ports: [web(8055), web(81, "UDP")] }),
      ingress("b1", [{ action: "Allow", destination: { ports: ["web"] } }]),
    ],
    probes: [tcp(8055, "A"), flow("a1", "b1", "A", "udp", 81), flow("a1", "b1", "D", "udp", 8055), tcp(81, "D")],
  }),
  scenario({
    id: "T61",
    title: "a selector narrows both kinds of ports",
    objects: [
      b1Web,
      workload("a2", { ports: [web(81)] }),
      egress("a1", [toPorts({ selector: "app == 'b1'", ports: ["web", 81] })]),
    ],
    probes: [tcp(8055, "A"), tcp(81, "A"), flow("a1", "a2", "D", "tcp", 81)],
  }),
  scenario({
    id: "T63",
    title: "notSelector in a cluster-wide policy lets strangers in",
    objects: [ingress("b1", [from({ notSelector: "app == 'a1'" })])],
    probes: [tcp(80, "D"), flow("a2", "b1", "A"), flow("X", "b1", "A")],
  }),
  scenario({
    id: "T64",
    title: "notSelector in a namespaced policy means the rest of the namespace",
    objects: [namespacedIngress("b1", [from({ notSelector: "app == 'a1'" })])],
    probes: [tcp(80, "D"), flow("a2", "b1", "A"), flow("X", "b1", "D")],
  }),
  scenario({
    id: "T65",
    title: "selected and excluded: excluded",
    objects: [ingress("b1", [from({ selector: "has(app)", notSelector: "app == 'a1'" })])],
    probes: [tcp(80, "D"), flow("a2", "b1", "A")],
  }),
  scenario({
    id: "T66",
    title: "a selector of nothing matches nothing",
    objects: [ingress("b1", [from({ selector: "app == 'nobody'" })])],
    probes: [tcp(80, "D")],
    steps: [
      {
        title: "excluding nothing matches everything",
        put: [ingress("b1", [from({ notSelector: "app == 'nobody'" })])],
        probes: [tcp(80, "A"), flow("X", "b1", "A")],
      },
    ],
  }),
  scenario({
    id: "T67",
    title: "a namespace's labels",
    objects: [
      blue,
      workload("a1", { profiles: ["kns.red"] }),
      ingress("b1", [from({ namespaceSelector: "team == 'blue'" })]),
    ],
    probes: [tcp(80, "A"), flow("a2", "b1", "D")],
    steps: [
      {
        title: "the namespace is relabelled",
        put: [{ ...blue, spec: { ...(blue.spec as object), labelsToApply: { "pcns.team": "green" } } }],
        probes: [tcp(80, "D")],
      },
    ],
  }),
  scenario({
    id: "T68",
    title: "a service account by name",
    objects: [
      workload("a1", { serviceAccountName: "s1" }),
      ingress("b1", [from({ serviceAccounts: { names: ["s1"] } })]),
    ],
    probes: [tcp(80, "A"), flow("a2", "b1", "D")],
  }),
  scenario({
    id: "T69",
    title: "a network set of the namespace",
    objects: [
      object("NetworkSet", "outside", { nets: xNets }, { namespace: NAMESPACE, labels: { n: "1" } }),
      namespacedIngress("b1", [from({ selector: "n == '1'" })]),
    ],
    probes: [flow("X", "b1", "A"), tcp(80, "D")],
  }),
  scenario({
    id: "T70",
    title: "overlapping members of one set",
    objects: [set("outside", [...OUTSIDE, ...xNets], { n: "1" }), ingress("b1", [from({ selector: "n == '1'" })])],
    probes: [flow("X", "b1", "A"), tcp(80, "D")],
    steps: [
      { title: "the host is removed", put: [set("outside", OUTSIDE, { n: "1" })], probes: [flow("X", "b1", "A")] },
      { title: "the net too", put: [set("outside", [], { n: "1" })], probes: [flow("X", "b1", "D")] },
    ],
  }),
  scenario({
    id: "T71",
    title: "a set of every address",
    objects: [set("all", ["0.0.0.0/0", "::/0"], { n: "1" }), ingress("b1", [from({ selector: "n == '1'" })])],
    probes: [tcp(80, "A"), flow("X", "b1", "A")],
  }),
  scenario({
    id: "T72",
    title: "a member of two sets stays with either",
    objects: [
      set("one", xNets, { n: "1" }),
      set("two", xNets, { n: "1" }),
      ingress("b1", [from({ selector: "n == '1'" })]),
    ],
    probes: [flow("X", "b1", "A")],
    steps: [
      { title: "one set is deleted", remove: [ref("GlobalNetworkSet", "one")], probes: [flow("X", "b1", "A")] },
      { title: "the other too", remove: [ref("GlobalNetworkSet", "two")], probes: [flow("X", "b1", "D")] },
    ],
  }),
  scenario({
    id: "P1",
    title: "global() means what has no namespace",
    objects: [
      set("outside", xNets, { n: "1" }),
      ingress("b1", [from({ namespaceSelector: "global()", selector: "has(n) || has(app)" })]),
    ],
    probes: [flow("X", "b1", "A"), tcp(80, "D")],
  }),
  scenario({
    id: "P2",
    title: "a policy on all namespaced workloads",
    objects: [
      globalPolicy("everyone", {
        tier: "default",
        selector: "all()",
        namespaceSelector: "all()",
        types: ["Ingress"],
        ingress: [from({ selector: "app == 'a1'" })],
      }),
    ],
    probes: [tcp(80, "A"), flow("a1", "a2", "A"), flow("a2", "b1", "D"), flow("X", "a1", "D")],
  }),
];
