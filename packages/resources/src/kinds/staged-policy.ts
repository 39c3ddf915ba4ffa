import * as z from "zod";
import { column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { Draft, Immutable, ObjectOf } from "../define.ts";
import type { Report } from "../issue.ts";
import type { Looks, Traits } from "../traits.ts";
import {
  checkGlobalPolicy,
  checkPolicy,
  completePolicy,
  globalNetworkPolicySpec,
  globalPolicyLaws,
  globalPolicyNameFault,
  networkPolicySpec,
  policyLaws,
  policyNameFault,
  tierIssue,
} from "./network-policy.ts";
import { settleTierLeft } from "./tier.ts";
import { DEFAULT_TIER } from "./tiered.ts";

/** What a staged policy is a preview of. */
export const stagedAction = z
  .enum(["Set", "Delete", "Learn", "Ignore"])
  .meta({
    title: "Staged action",
    description:
      "What is previewed. Set: the policy as it would be; Delete: that the policy of this name is gone; Learn: one recommended from traffic; Ignore: a recommendation that was dismissed.",
  })
  .default("Set");

export const DELETION_LAW = "With stagedAction Delete nothing else is set: only the name says which policy goes.";

const namespacedSpec = z.strictObject({ stagedAction, ...networkPolicySpec.shape });
const globalSpec = z.strictObject({ stagedAction, ...globalNetworkPolicySpec.shape });
type NamespacedSpec = z.output<typeof namespacedSpec>;
type GlobalSpec = z.output<typeof globalSpec>;

export const stagedTraits: Traits = { policy: "staged" };
const traits: Traits = { ...stagedTraits, tiered: true };
const looks: Looks = { searched: true, template: { tier: DEFAULT_TIER, stagedAction: "Set", types: ["Ingress"] } };
const columns = [
  column("Tier", "spec.tier", "The tier it would stand in"),
  column("Order", "spec.order", "Place within the tier, lowest first", "number"),
];

export const StagedNetworkPolicy = defineResource({
  kind: "StagedNetworkPolicy",
  scope: "Namespaced",
  description:
    "A network policy that is tried out: it decides about no packet, and is evaluated beside those in force to show what it would do.",
  shortNames: ["snp", "scnp"],
  traits: { ...traits, logWord: "snp", aliases: ["snps", "stagedpolicy", "stagedpolicies", "spol", "spols"] },
  looks: { ...looks, icon: "ns" },
  columns,
  selectableFields: ["spec.tier"],
  laws: [...policyLaws, DELETION_LAW],
  nameFault: policyNameFault,
  spec: namespacedSpec,
  complete: completeStaged,
  rules: (spec, report) => {
    checkPolicy(spec, report, { namespaced: true });
    checkDeletion(spec, report);
  },
  store: tierIssue,
  react: settleTierLeft,
});
export type StagedNetworkPolicy = ObjectOf<typeof StagedNetworkPolicy>;

export const StagedGlobalNetworkPolicy = defineResource({
  kind: "StagedGlobalNetworkPolicy",
  scope: "Cluster",
  description:
    "A global network policy that is tried out: it decides about no packet, and is evaluated beside those in force to show what it would do.",
  shortNames: ["sgnp"],
  traits: { ...traits, logWord: "sgnp", aliases: ["sgnps"] },
  looks: { ...looks, icon: "global", menu: { group: "Policy", title: "Staged policies", icon: "checks" } },
  columns,
  selectableFields: ["spec.tier"],
  laws: [...globalPolicyLaws, DELETION_LAW],
  nameFault: globalPolicyNameFault,
  spec: globalSpec,
  complete: completeStaged,
  rules: (spec, report) => {
    checkGlobalPolicy(spec, report);
    checkDeletion(spec, report);
  },
  store: tierIssue,
  react: settleTierLeft,
});
export type StagedGlobalNetworkPolicy = ObjectOf<typeof StagedGlobalNetworkPolicy>;

/** As the enforced kind; of a deletion nothing is filled in. */
function completeStaged(draft: Draft<NamespacedSpec | GlobalSpec>): void {
  completePolicy(draft);
  if (draft.spec.stagedAction === "Delete") delete draft.spec.types;
}

/** What is to be deleted has no content. */
export function checkDeletion(
  { stagedAction: action, ...content }: Immutable<{ stagedAction: string; tier?: string }> & object,
  report: Report,
): void {
  if (action !== "Delete") return;
  for (const [field, value] of Object.entries(content))
    if (field !== "tier" && isGiven(value))
      report(
        `spec.${field}`,
        "FieldValueInvalid",
        "must not be set with stagedAction Delete: only the name says what goes",
      );
}

function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== "" && value !== false;
}
