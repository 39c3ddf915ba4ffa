import * as z from "zod";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import { convertNetworkPolicy } from "./kubernetes/convert.ts";
import { checkKubernetesPolicy, kubernetesPolicyFields, kubernetesPolicyLaws } from "./kubernetes/network-policy.ts";
import { checkPolicy } from "./network-policy.ts";
import { checkDeletion, DELETION_LAW, stagedAction, stagedTraits } from "./staged-policy.ts";

const spec = z.strictObject({
  stagedAction,
  ...kubernetesPolicyFields,
  podSelector: kubernetesPolicyFields.podSelector.optional(),
});

/** It has no tier of its own: what it previews stands in `default`. */
export const StagedKubernetesNetworkPolicy = defineResource({
  kind: "StagedKubernetesNetworkPolicy",
  scope: "Namespaced",
  description:
    "A Kubernetes network policy that is tried out: it decides about no packet, and is evaluated beside those in force to show what it would do.",
  shortNames: ["sknp"],
  words: { one: "staged Kubernetes network policy", many: "staged Kubernetes network policies" },
  traits: {
    ...stagedTraits,
    logWord: "sknp",
    aliases: ["sknps", "stagedkubernetespolicy", "stagedkubernetespolicies", "skpol", "skpols"],
  },
  looks: {
    icon: "ns",
    page: "stagedglobalnetworkpolicies",
    searched: true,
    template: { stagedAction: "Set", podSelector: {}, policyTypes: ["Ingress"] },
  },
  laws: [
    "It stands in no tier of its own: what it previews is in the tier default.",
    ...kubernetesPolicyLaws,
    DELETION_LAW,
  ],
  spec,
  complete: ({ spec: own }) => {
    if (own.stagedAction === "Delete" || (own.policyTypes?.length ?? 0) > 0) return;
    own.policyTypes = (own.egress?.length ?? 0) > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  },
  rules: (own, report) => {
    const { podSelector, ...content } = own;
    const isEmpty = Object.values(podSelector ?? {}).every((part) => Object.keys(part ?? {}).length === 0);
    checkDeletion(isEmpty ? content : own, report);
    checkKubernetesPolicy(own, report);
    const converted = convertNetworkPolicy(own);
    for (const fault of converted.faults) report("spec", "FieldValueInvalid", fault);
    // What Kubernetes takes may still be no policy of ours: a CIDR of its own, a port twice.
    checkPolicy(converted.spec, (field, reason, message) => report(originOf(field), reason, message), {
      namespaced: true,
    });
  },
});
export type StagedKubernetesNetworkPolicy = ObjectOf<typeof StagedKubernetesNetworkPolicy>;

/** One rule there may be several of the converted policy: only the direction is certain. */
function originOf(field: string): string {
  return /^spec\.(ingress|egress)/.exec(field)?.[0] ?? "spec";
}
