import * as z from "zod";
import { defineResource } from "../define.ts";
import type { ObjectOf, StoreContext } from "../define.ts";
import { derivedName, hashIn, LABEL_NAME } from "../derived-name.ts";
import { checkLabels } from "../metadata.ts";
import { API_VERSION } from "../object.ts";
import type { KubeObject } from "../object.ts";
import { isSameJson } from "../same-json.ts";
import { listOf } from "../scalars/schemas.ts";
import { alreadyExists, methodNotAllowed } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import { checkPolicyRule, policyRule } from "./policy-rule.ts";

/** Allows everything both ways; always there, never changes. */
export const DEFAULT_ALLOW_PROFILE = "projectcalico-default-allow";

export const Profile = defineResource({
  kind: "Profile",
  scope: "Cluster",
  description:
    "Rules and labels that endpoints take on by naming the profile; its rules decide after all tiers have passed.",
  traits: {
    implied: true,
    logWord: "pro",
    aliases: ["pro", "pros"],
    readBy: ["graph", "evaluator"],
    shared: ["spec"],
  },
  looks: { menu: { group: "Policy", title: "Profiles", icon: "checks" } },
  laws: [
    "projectcalico-default-allow is always there and never changes.",
    "Rules keep to what rules of a global network policy keep to.",
  ],
  spec: z.strictObject({
    ingress: listOf(policyRule, 1024)
      .meta({
        title: "Ingress rules",
        description: "Rules for packets to the endpoints; the first that matches decides.",
      })
      .optional(),
    egress: listOf(policyRule, 1024)
      .meta({
        title: "Egress rules",
        description: "Rules for packets from the endpoints; the first that matches decides.",
      })
      .optional(),
    labelsToApply: z
      .record(z.string(), z.string())
      .meta({
        title: "Labels to apply",
        description: "Labels every endpoint of the profile inherits, unless it has its own of that name.",
      })
      .optional(),
  }),
  rules: (spec, report) => {
    if (spec.labelsToApply !== undefined) checkLabels(spec.labelsToApply, "spec.labelsToApply", report);
    for (const direction of ["ingress", "egress"] as const)
      for (const [i, rule] of (spec[direction] ?? []).entries())
        checkPolicyRule(rule, `spec.${direction}[${i}]`, report, { direction, namespaced: false });
  },
  store: reservedIssue,
});
export type Profile = ObjectOf<typeof Profile>;

/** What Kubernetes' controller makes for a namespace: its endpoints reach everything, and carry its labels. */
export function profileOfNamespace(namespace: string): KubeObject<Profile["spec"]> {
  const allow = { action: "Allow" as const, source: {}, destination: {} };
  return {
    apiVersion: API_VERSION,
    kind: "Profile",
    metadata: { name: `kns.${namespace}` },
    spec: {
      ingress: [allow],
      egress: [allow],
      labelsToApply: { "pcns.projectcalico.org/name": namespace, "pcns.kubernetes.io/metadata.name": namespace },
    },
  };
}

/** The same for a service account: no rules, its name as a label where it is a legal value of one. */
export function profileOfServiceAccount(namespace: string, account: string): KubeObject<Profile["spec"]> {
  return {
    apiVersion: API_VERSION,
    kind: "Profile",
    metadata: { name: derivedName(`ksa.${namespace}.${account}`) },
    spec: account.length > 63 ? {} : { labelsToApply: { "pcsa.projectcalico.org/name": account } },
  };
}

/** What upstream's plugin makes for a network of containers that are no pods: its endpoints reach each other and everything outside. */
export function profileOfNetwork(network: string): KubeObject<Profile["spec"]> {
  return networkProfile(derivedName(network), derivedName(network, network, LABEL_NAME));
}

/** True for what `profileOfNetwork` makes of some network, whose name it may only hold as a hash. */
export function isNetworkProfile({ metadata: { name }, spec }: Profile): boolean {
  const [label = "", ...others] = Object.keys(spec.labelsToApply ?? {});
  const isOf = (network: string): boolean =>
    derivedName(network) === name && derivedName(network, network, LABEL_NAME) === label;
  const isHashed = hashIn(name) !== undefined && hashIn(name) === hashIn(label);
  return (
    others.length === 0 && (isOf(name) || isOf(label) || isHashed) && isSameJson(spec, networkProfile(name, label).spec)
  );
}

function networkProfile(name: string, label: string): KubeObject<Profile["spec"]> {
  const allow = { action: "Allow" as const, source: {}, destination: {} };
  return {
    apiVersion: API_VERSION,
    kind: "Profile",
    metadata: { name },
    spec: {
      ingress: [{ ...allow, source: { selector: `has(${label})` } }],
      egress: [allow],
      labelsToApply: { [label]: "" },
    },
  };
}

/** The reserved profile may be made once, at initialisation. */
function reservedIssue({ operation, object, lookup }: StoreContext): StatusError | undefined {
  const ref = { kind: "Profile", name: object.metadata.name };
  if (ref.name !== DEFAULT_ALLOW_PROFILE) return undefined;
  if (operation !== "create")
    return methodNotAllowed("Profile", `${operation} of the reserved ${DEFAULT_ALLOW_PROFILE}`);
  return lookup.get(ref) === undefined ? undefined : alreadyExists(ref);
}
