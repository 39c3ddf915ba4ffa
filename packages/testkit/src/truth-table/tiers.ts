/** T23-T35: tiers. T32-T33 (staged policies) and T36-T39 (Kubernetes policies as such) come with their kinds; T37-T39 hold for ours too. */
import { allow, deny, egress, flow, ingress, pass, scenario, tier } from "./build.ts";
import type { Scenario } from "./scenario.ts";
import { workload } from "./topology.ts";

const udp = { action: "Allow", protocol: "UDP" };
const tcp80 = { protocol: "TCP", destination: { ports: [80] } };
const t1 = tier("t1", 1);
const inT1 = { tier: "t1", name: "t1.b1" };

export const tierScenarios: readonly Scenario[] = [
  scenario({
    id: "T23",
    title: "a tier whose policies do not select the endpoint is skipped",
    objects: [t1, ingress("a2", [deny], { tier: "t1", name: "t1.a2" }), ingress("b1", [allow])],
    probes: [flow("a1", "b1", "A"), flow("a1", "a2", "D")],
  }),
  scenario({
    id: "T24",
    title: "a tier counts per direction",
    objects: [t1, egress("b1", [{ action: "Allow", ...tcp80 }], inT1)],
    probes: [flow("a1", "b1", "A"), flow("b1", "a1", "A"), flow("b1", "a1", "D", "tcp", 81)],
  }),
  scenario({
    id: "T25",
    title: "the end of a tier denies",
    objects: [t1, ingress("b1", [udp], inT1)],
    probes: [flow("a1", "b1", "D"), flow("a1", "b1", "A", "udp", 80)],
  }),
  scenario({
    id: "T26",
    title: "the end of a Pass tier goes on to the profile",
    objects: [tier("t1", 1, "Pass"), ingress("b1", [udp], inT1)],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T27",
    title: "Pass goes to the next tier, which denies",
    objects: [t1, ingress("b1", [pass], inT1), ingress("b1", [deny])],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T28",
    title: "Pass from the last tier goes to the profiles",
    objects: [t1, ingress("b1", [{ action: "Pass", ...tcp80 }, deny], inT1)],
    probes: [flow("a1", "b1", "A"), flow("a1", "b1", "D", "tcp", 81)],
  }),
  scenario({
    id: "T29",
    title: "Pass from the last tier without profiles denies",
    objects: [t1, ingress("b1", [{ action: "Pass", ...tcp80 }, deny], inT1), workload("b1", { profiles: [] })],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T30",
    title: "Allow in an early tier is final",
    objects: [t1, ingress("b1", [allow], inT1), ingress("b1", [deny])],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T31",
    title: "Pass skips the rest of its tier",
    objects: [
      t1,
      ingress("b1", [pass], { tier: "t1", name: "t1.first", order: 1 }),
      ingress("b1", [deny], { tier: "t1", name: "t1.second", order: 2 }),
    ],
    probes: [flow("a1", "b1", "A")],
  }),
  scenario({
    id: "T34",
    title: "tiers of one order stand by name",
    objects: [
      tier("t1", 1),
      tier("t0", 1),
      ingress("b1", [allow], { tier: "t1", name: "t1.b1" }),
      ingress("b1", [deny], { tier: "t0", name: "t0.b1" }),
    ],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T35",
    title: "a tier that does not exist stands last and denies at its end",
    objects: [ingress("b1", [pass]), ingress("b1", [udp], { tier: "ghost", name: "ghost.b1" })],
    probes: [flow("a1", "b1", "D"), flow("a1", "b1", "A", "udp", 80)],
    steps: [{ title: "the tier appears and passes", put: [tier("ghost", 5, "Pass")], probes: [flow("a1", "b1", "A")] }],
  }),
  scenario({
    id: "T37",
    title: "the admin tier passes what it does not decide",
    objects: [ingress("b1", [{ action: "Deny", ...tcp80 }], { tier: "kube-admin", name: "admin" })],
    probes: [flow("a1", "b1", "D"), flow("a1", "b1", "A", "tcp", 81)],
  }),
  scenario({
    id: "T38",
    title: "the baseline tier is not reached past the default tier",
    objects: [
      ingress("b1", [deny], { tier: "kube-baseline", name: "baseline" }),
      ingress("b1", [{ action: "Allow", source: { selector: "app == 'a1'" } }]),
    ],
    probes: [flow("a1", "b1", "A"), flow("a2", "b1", "D")],
  }),
  scenario({
    id: "T39",
    title: "the baseline tier decides where nothing else does",
    objects: [ingress("b1", [deny], { tier: "kube-baseline", name: "baseline" })],
    probes: [flow("a1", "b1", "D")],
  }),
];
