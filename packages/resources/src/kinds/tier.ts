import * as z from "zod";
import { column, conditionColumn } from "../columns.ts";
import { isTerminating, objectAfter, withFinalizer } from "../consequences.ts";
import type { Consequence, ObjectEvent } from "../consequences.ts";
import { defineResource } from "../define.ts";
import type { Lookup, ObjectOf, ResourceDefinition, StoreContext } from "../define.ts";
import { isDnsLabel } from "../metadata.ts";
import { forbidden } from "../status-error.ts";
import type { StatusError } from "../status-error.ts";
import { conditionsStatus, withCondition } from "./conditions.ts";

/** Tiers that always exist. Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/tier.go`. */
export const BUILT_IN_TIERS = {
  "kube-admin": { order: 1000, defaultAction: "Pass" },
  default: { order: 1_000_000, defaultAction: "Deny" },
  "kube-baseline": { order: 10_000_000, defaultAction: "Pass" },
} as const;

/** Holds a tier until its policies are gone. */
export const TIER_FINALIZER = "projectcalico.org/tier-controller";

export const Tier = defineResource({
  kind: "Tier",
  scope: "Cluster",
  description:
    "A group of policies. Tiers are evaluated in order; a packet leaves a tier by a verdict or passes to the next.",
  traits: { readBy: ["graph", "evaluator"], shared: ["spec"] },
  looks: {
    icon: "board",
    page: "policies",
    searched: true,
    template: { order: 500, defaultAction: "Pass" },
  },
  columns: [
    column("Order", "spec.order", "Place among the tiers, lowest first", "number"),
    column("DefaultAction", "spec.defaultAction", "What happens to packets that no policy of the tier decides"),
    conditionColumn("Status", "Ready", "reason", "Why the tier is ready or not"),
  ],
  laws: [
    "The name is one DNS label.",
    "default, kube-admin and kube-baseline keep their order and default action, and cannot be deleted.",
    "A tier that is deleted waits for its policies; nothing enters it meanwhile.",
  ],
  statusSubresource: true,
  nameFault: (name) => (isDnsLabel(name) ? undefined : "must be one DNS label: at most 63 of a-z, 0-9 and -, no dots"),
  spec: z.strictObject({
    order: z
      .number()
      .meta({
        title: "Order",
        description: "Place among the tiers, lowest first. Absent: 1000000, as the default tier has.",
      })
      .default(1_000_000),
    defaultAction: z
      .enum(["Pass", "Deny"])
      .meta({
        title: "Default action",
        description: "What happens to a packet when a policy of the tier selects its endpoint and no rule decides.",
      })
      .default("Deny"),
  }),
  status: conditionsStatus,
  rules: (spec, report, { name }) => {
    if (!isBuiltIn(name)) return;
    const { order, defaultAction } = BUILT_IN_TIERS[name];
    if (spec.order !== order)
      report("spec.order", "FieldValueInvalid", `must be ${order} in the built-in tier ${name}, got ${spec.order}`);
    if (spec.defaultAction !== defaultAction)
      report(
        "spec.defaultAction",
        "FieldValueInvalid",
        `must be ${defaultAction} in the built-in tier ${name}, got ${spec.defaultAction}`,
      );
  },
  store: deletionIssue,
  settle: (object, { lookup, now, kinds }) => {
    const left = isTerminating(object) ? policiesOf(object.metadata.name, lookup, kinds) : [];
    const ready = isTerminating(object)
      ? {
          status: "False" as const,
          reason: "Terminating",
          message: `Waiting for policies to be removed: ${left.join(", ")}`,
        }
      : { status: "True" as const, reason: "OK", message: "" };
    const status = withCondition(object.status, { type: "Ready", ...ready, now });
    return withFinalizer({ ...object, status }, TIER_FINALIZER, !isTerminating(object) || left.length > 0);
  },
});
export type Tier = ObjectOf<typeof Tier>;

function isBuiltIn(name: string): name is keyof typeof BUILT_IN_TIERS {
  return Object.hasOwn(BUILT_IN_TIERS, name);
}

function deletionIssue({ operation, object }: StoreContext): StatusError | undefined {
  const { name } = object.metadata;
  return operation === "delete" && isBuiltIn(name)
    ? forbidden({ kind: "Tier", name }, `Cannot delete ${name} tier`)
    : undefined;
}

/** What stands in a tier, counted by kind: `3 GlobalNetworkPolicies`. */
function policiesOf(tier: string, lookup: Lookup, kinds: readonly ResourceDefinition[]): string[] {
  return kinds.flatMap(({ kind, traits }) => {
    if (traits.tiered !== true) return [];
    let count = 0;
    for (const { spec } of lookup.list(kind)) if (tierOf(spec) === tier) count++;
    return count === 0 ? [] : [`${count} ${count === 1 ? kind : kind.replace(/y$/, "ies")}`];
  });
}

/** A policy that leaves a dying tier, or is deleted, may have been the last that held it. */
export function settleTierLeft(event: ObjectEvent, lookup: Lookup): readonly Consequence[] {
  const { object, old } = event;
  const now = objectAfter(event);
  const left = tierOf((now === undefined ? object : (old ?? object)).spec);
  if (left === undefined || left === tierOf(now?.spec)) return [];
  const ref = { kind: "Tier", name: left };
  const tier = lookup.get(ref);
  return tier !== undefined && isTerminating(tier) ? [{ op: "settle", ref }] : [];
}

function tierOf(spec: unknown): string | undefined {
  return (spec as { readonly tier?: string } | undefined)?.tier; // asked of tiered kinds only
}
