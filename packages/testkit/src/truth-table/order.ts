/** T1-T22: profiles, directions, order of policies. */
import { allow, deny, egress, flow, ingress, log, namespacedIngress, pass, ping, ref, scenario } from "./build.ts";
import type { Scenario } from "./scenario.ts";
import { hostNet, profile, workload } from "./topology.ts";

const open = { ingress: [allow], egress: [allow] };

export const orderScenarios: readonly Scenario[] = [
  scenario({
    id: "T1",
    title: "a profile that allows, no policy",
    probes: [
      flow("a1", "b1", "A"),
      flow("a1", "a2", "A"),
      ping("a1", "b1", "A"),
      flow("a1", "X", "A"),
      flow("X", "b1", "A"),
    ],
  }),
  scenario({
    id: "T2",
    title: "an endpoint without profiles sends and receives nothing",
    objects: [workload("b1", { profiles: [] })],
    probes: [flow("a1", "b1", "D"), flow("b1", "a1", "D")],
  }),
  scenario({
    id: "T3",
    title: "a missing profile denies until it is there",
    objects: [workload("b1", { profiles: ["later"] })],
    probes: [flow("a1", "b1", "D"), flow("b1", "a1", "D")],
    steps: [
      {
        title: "the profile is created",
        put: [profile("later", open)],
        probes: [flow("a1", "b1", "A"), flow("b1", "a1", "A")],
      },
    ],
  }),
  scenario({
    id: "T4",
    title: "an empty profile hands on to the next",
    objects: [profile("empty"), workload("b1", { profiles: ["empty", "open"] })],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T5",
    title: "a profile that denies comes before one that allows",
    objects: (family) => [
      profile("not-a1", { ingress: [{ action: "Deny", source: { nets: [hostNet("a1", family)] } }] }),
      workload("b1", { profiles: ["not-a1", "open"] }),
    ],
    probes: [flow("a1", "b1", "D"), flow("a2", "b1", "A")],
  }),
  scenario({
    id: "T6",
    title: "Pass in a profile ends that profile only",
    objects: [profile("passing", { ingress: [pass, deny] }), workload("b1", { profiles: ["passing", "open"] })],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T7",
    title: "an ingress policy without rules denies ingress alone",
    objects: [ingress("b1", [])],
    probes: [flow("a1", "b1", "D"), flow("b1", "a1", "A")],
  }),
  scenario({
    id: "T8",
    title: "an egress policy without rules denies egress alone",
    objects: [egress("a1", [])],
    probes: [flow("a1", "b1", "D"), flow("b1", "a1", "A")],
  }),
  scenario({
    id: "T9",
    title: "one port allowed, everything else denied",
    objects: [ingress("b1", [{ action: "Allow", protocol: "TCP", destination: { ports: [80] } }])],
    probes: [
      flow("a1", "b1", "A"),
      flow("a1", "b1", "D", "tcp", 81),
      flow("a1", "b1", "D", "udp", 80),
      ping("a1", "b1", "D"),
    ],
  }),
  scenario({
    id: "T10",
    title: "one workload allowed by label",
    objects: [ingress("b1", [{ action: "Allow", source: { selector: "app == 'a1'" } }])],
    probes: [flow("a1", "b1", "A"), flow("a2", "b1", "D"), flow("X", "b1", "D")],
  }),
  scenario({
    id: "T11",
    title: "egress denied, ingress untouched",
    objects: [egress("a1", [deny])],
    probes: [flow("a1", "a2", "D"), flow("a2", "a1", "A"), flow("a1", "X", "D")],
  }),
  scenario({
    id: "T12",
    title: "both halves count",
    objects: [egress("a1", [allow]), ingress("a2", [deny])],
    probes: [flow("a1", "a2", "D"), flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T13",
    title: "the first rule that matches decides",
    objects: [ingress("b1", [{ action: "Deny", protocol: "TCP", destination: { ports: [80] } }, allow])],
    probes: [flow("a1", "b1", "D"), flow("a1", "b1", "A", "tcp", 81)],
  }),
  scenario({
    id: "T14",
    title: "the lower order decides",
    objects: [ingress("b1", [deny], { name: "x", order: 10 }), ingress("b1", [allow], { name: "y", order: 20 })],
    probes: [flow("a1", "b1", "D")],
    steps: [
      {
        title: "orders swapped",
        put: [ingress("b1", [deny], { name: "x", order: 20 }), ingress("b1", [allow], { name: "y", order: 10 })],
        probes: [flow("a1", "b1", "A")],
      },
    ],
  }),
  scenario({
    id: "T15",
    title: "equal order: the name decides",
    objects: [ingress("b1", [allow], { name: "b", order: 10 }), ingress("b1", [deny], { name: "a", order: 10 })],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T16",
    title: "a policy without order comes last",
    objects: [ingress("b1", [deny], { name: "a" }), ingress("b1", [allow], { name: "b", order: 1000 })],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T17",
    title: "orders may be negative and fractional",
    objects: [ingress("b1", [allow], { name: "a", order: 0 }), ingress("b1", [deny], { name: "b", order: -1.5 })],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T18",
    title: "equal order and name: the cluster-wide policy sorts first",
    objects: [
      namespacedIngress("b1", [deny], { name: "x", order: 5 }),
      ingress("b1", [allow], { name: "x", order: 5 }),
    ],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T19",
    title: "Log goes on to the next rule",
    objects: [ingress("b1", [log, allow])],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T20",
    title: "Log alone decides nothing",
    objects: [ingress("b1", [log])],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T21",
    title: "policies of one tier add up",
    objects: [80, 81].map((port) =>
      ingress("b1", [{ action: "Allow", protocol: "TCP", destination: { ports: [port] } }], { name: `p${port}` }),
    ),
    probes: [flow("a1", "b1", "A"), flow("a1", "b1", "A", "tcp", 81), flow("a1", "b1", "D", "tcp", 8055)],
  }),
  scenario({
    id: "T22",
    title: "a policy lets go of an endpoint whose label changes",
    objects: [ingress("b1", [deny])],
    probes: [flow("a1", "b1", "D")],
    steps: [
      { title: "b1 relabelled", put: [workload("b1", { labels: { app: "other" } })], probes: [flow("a1", "b1", "A")] },
      { title: "and back", put: [workload("b1")], probes: [flow("a1", "b1", "D")] },
      {
        title: "the policy is deleted",
        remove: [ref("GlobalNetworkPolicy", "in-b1")],
        probes: [flow("a1", "b1", "A")],
      },
    ],
  }),
];
