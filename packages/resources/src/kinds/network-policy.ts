import * as z from "zod";
import { ageColumn, column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { Draft, Immutable, ObjectOf, StoreContext } from "../define.ts";
import { show } from "../issue.ts";
import type { Report } from "../issue.ts";
import { isSubdomain } from "../metadata.ts";
import { TIER_LABEL } from "../object.ts";
import { listOf, selector, name, setOf } from "../scalars/schemas.ts";
import { forbidden } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import type { Looks, Traits } from "../traits.ts";
import { checkPolicyRule, policyRule, ruleLaws } from "./policy-rule.ts";
import { settleTierLeft } from "./tier.ts";
import { DEFAULT_TIER, policyTypes } from "./tiered.ts";

/** What all tiered policies share. The staged kinds add `stagedAction`. */
export const networkPolicySpec = z.strictObject({
  tier: name
    .meta({
      title: "Tier",
      description:
        "The tier the policy stands in. Tiers are evaluated in their order before any policy of a later one.",
    })
    .default(DEFAULT_TIER),
  order: z
    .number()
    .meta({
      title: "Order",
      description: "Place within the tier, lowest first; policies without order come last, ties go by name.",
    })
    .optional(),
  ingress: listOf(policyRule, 1024)
    .meta({
      title: "Ingress rules",
      description: "Rules for packets to the selected endpoints; the first that matches decides.",
    })
    .optional(),
  egress: listOf(policyRule, 1024)
    .meta({
      title: "Egress rules",
      description: "Rules for packets from the selected endpoints; the first that matches decides.",
    })
    .optional(),
  selector: selector
    .meta({ title: "Applies to", description: "The endpoints the policy applies to. Empty: all in its scope." })
    .optional(),
  types: setOf(z.enum(["Ingress", "Egress"]), { max: 2 })
    .meta({
      title: "Types",
      description: "Directions the policy decides about. Empty: those it has rules for, or Ingress if it has none.",
    })
    .optional(),
  serviceAccountSelector: selector
    .meta({ title: "Service accounts", description: "Only endpoints whose service account has these labels." })
    .optional(),
  performanceHints: setOf(z.enum(["AssumeNeededOnEveryNode"]))
    .meta({
      title: "Performance hints",
      description: "AssumeNeededOnEveryNode: keep the policy ready on nodes that have no endpoint of it yet.",
    })
    .optional(),
});

export const globalNetworkPolicySpec = z.strictObject({
  ...networkPolicySpec.shape,
  namespaceSelector: selector
    .meta({ title: "In namespaces", description: "Only endpoints in namespaces with these labels." })
    .optional(),
  doNotTrack: z
    .boolean()
    .meta({
      title: "Do not track",
      description: "Host endpoints only: decide before connection tracking. Needs applyOnForward.",
    })
    .optional(),
  preDNAT: z
    .boolean()
    .meta({
      title: "Pre-DNAT",
      description: "Host endpoints only: decide before destination NAT. Ingress only; needs applyOnForward.",
    })
    .optional(),
  applyOnForward: z
    .boolean()
    .meta({ title: "Apply to forwarded traffic", description: "Host endpoints: decide about forwarded packets too." })
    .optional(),
});

const traits: Traits = {
  policy: "enforced",
  tiered: true,
  guarded: true,
  readBy: ["graph", "evaluator"],
  shared: ["spec"],
};
const looks: Looks = {
  page: "policies",
  searched: true,
  template: { tier: DEFAULT_TIER, types: ["Ingress"] },
};

/** What all tiered policies have to keep to, in words. */
export const policyLaws = [
  "The name is one or two parts joined by a dot; it does not say the tier.",
  "The tier exists and is not being deleted; the label projectcalico.org/tier follows it.",
  "types is filled in when it is empty: the directions that there are rules of, else Ingress.",
  ...ruleLaws,
];
export const globalPolicyLaws = [
  ...policyLaws,
  "preDNAT and doNotTrack exclude each other and need applyOnForward; with preDNAT there is no egress, neither rules nor type.",
];

type Spec = z.output<typeof globalNetworkPolicySpec>;
type NamespacedSpec = z.output<typeof networkPolicySpec>;

export const NetworkPolicy = defineResource({
  kind: "NetworkPolicy",
  scope: "Namespaced",
  description: "Rules for the packets of a namespace's workloads, evaluated by tier and order.",
  shortNames: ["cnp", "caliconetworkpolicy", "caliconetworkpolicies"],
  traits: { ...traits, logWord: "np", aliases: ["np", "policy", "policies", "pol", "pols"] },
  looks: { ...looks, icon: "ns" },
  columns: [
    column("Tier", "spec.tier", "The tier it stands in"),
    column("Order", "spec.order", "Place within the tier, lowest first", "number"),
  ],
  selectableFields: ["spec.tier"],
  laws: policyLaws,
  nameFault: policyNameFault,
  spec: networkPolicySpec,
  complete: completePolicy,
  rules: (spec, report) => checkPolicy(spec, report, { namespaced: true }),
  store: tierIssue,
  react: settleTierLeft,
});
export type NetworkPolicy = ObjectOf<typeof NetworkPolicy>;

export const GlobalNetworkPolicy = defineResource({
  kind: "GlobalNetworkPolicy",
  scope: "Cluster",
  description: "Rules for the packets of workloads of any namespace and of hosts, evaluated by tier and order.",
  shortNames: ["gnp", "cgnp", "calicoglobalnetworkpolicies"],
  traits: { ...traits, logWord: "gnp", aliases: ["gnps"] },
  looks: { ...looks, icon: "global" },
  columns: [
    column("Tier", "spec.tier", "The tier it stands in"),
    column("Order", "spec.order", "Place within the tier, lowest first", "number"),
    ageColumn,
  ],
  selectableFields: ["spec.tier"],
  laws: globalPolicyLaws,
  nameFault: globalPolicyNameFault,
  spec: globalNetworkPolicySpec,
  complete: completePolicy,
  rules: checkGlobalPolicy,
  store: tierIssue,
  react: settleTierLeft,
});
export type GlobalNetworkPolicy = ObjectOf<typeof GlobalNetworkPolicy>;

const NAME_ADVICE = "must be one or two parts of a-z, 0-9 and - joined by a dot, at most 253 characters in all";

export function policyNameFault(name: string): string | undefined {
  return isSubdomain(name) && /^(knp|ossg)\.default\./.test(name) ? undefined : globalPolicyNameFault(name);
}

export function globalPolicyNameFault(name: string): string | undefined {
  return isOneOrTwoParts(name) ? undefined : NAME_ADVICE;
}

/** Only the whole has a limit: a part may be longer than a DNS label. */
function isOneOrTwoParts(name: string): boolean {
  return isSubdomain(name) && name.split(".").length <= 2;
}

/** `types` from the rules, and the label that follows the tier. */
export function completePolicy({ metadata, spec }: Draft<NamespacedSpec>): void {
  if (spec.tier === "") spec.tier = DEFAULT_TIER;
  spec.types = [...policyTypes(spec)];
  metadata.labels = { ...metadata.labels, [TIER_LABEL]: spec.tier };
}

export function checkPolicy(
  spec: Pick<Immutable<NamespacedSpec>, "selector" | "ingress" | "egress"> & Partial<Immutable<NamespacedSpec>>,
  report: Report,
  { namespaced }: { readonly namespaced: boolean },
): void {
  noGlobal(spec.selector, "spec.selector", report);
  noGlobal(spec.serviceAccountSelector, "spec.serviceAccountSelector", report);
  for (const direction of ["ingress", "egress"] as const) {
    const rules = spec[direction];
    if (rules === undefined) continue;
    const context = { direction, namespaced };
    for (let i = 0; i < rules.length; i++) checkPolicyRule(rules[i]!, `spec.${direction}[${i}]`, report, context);
  }
}

export function checkGlobalPolicy(spec: Immutable<Spec>, report: Report): void {
  checkPolicy(spec, report, { namespaced: false });
  noGlobal(spec.namespaceSelector, "spec.namespaceSelector", report);
  const { preDNAT = false, doNotTrack = false, applyOnForward = false } = spec;
  if (preDNAT && doNotTrack)
    report("spec.preDNAT", "FieldValueForbidden", "cannot be combined with doNotTrack; use two policies");
  if (preDNAT && (spec.egress?.length ?? 0) > 0)
    report("spec.egress", "FieldValueForbidden", "a preDNAT policy cannot have egress rules");
  if (preDNAT && spec.types?.includes("Egress") === true)
    report("spec.types", "FieldValueForbidden", `a preDNAT policy cannot have type Egress, got ${show(spec.types)}`);
  if ((preDNAT || doNotTrack) && !applyOnForward)
    report("spec.applyOnForward", "FieldValueInvalid", "must be true with preDNAT or doNotTrack, got false");
}

function noGlobal(selector: string | undefined, field: string, report: Report): void {
  if (selector?.includes("global(") === true)
    report(
      field,
      "FieldValueInvalid",
      `global() may only be used in a rule's namespaceSelector, got ${show(selector)}`,
    );
}

/** A policy may enter only a tier that exists and stays. Moving an old policy along with a dying tier is not stopped. */
export function tierIssue({
  operation,
  object,
  old,
  lookup,
}: StoreContext<Immutable<NamespacedSpec>>): StatusError | undefined {
  const { tier } = object.spec;
  if (operation === "delete" || old?.spec.tier === tier) return undefined;
  const ref = { kind: object.kind, name: object.metadata.name };
  const found = lookup.get({ kind: "Tier", name: tier });
  if (found === undefined) return forbidden(ref, `Tier ${show(tier)} does not exist`);
  if (found.metadata.deletionTimestamp !== undefined) return forbidden(ref, `Tier ${show(tier)} is being deleted`);
  return undefined;
}
