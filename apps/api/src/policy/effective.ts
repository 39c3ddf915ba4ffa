import type { Evaluator } from "@percale/policy";
import { notFound, WorkloadEndpoint } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { EffectiveView } from "../trpc/views.ts";

/** Throws StatusError 404 if there is no such workload endpoint. */
export function effective(evaluator: Evaluator, ref: ObjectRef): Omit<EffectiveView, "revision"> {
  const { namespace, name } = ref;
  if (ref.kind !== WorkloadEndpoint.kind || namespace === undefined || evaluator.objects.get(ref) === undefined)
    throw notFound(ref);
  const { tiers, profiles, protection } = evaluator.effectivePolicies({ namespace, name });
  return {
    endpoint: ref,
    profiles: profiles.map((profile) => profile.name),
    protection,
    tiers: tiers.map(({ name: tier, order, defaultAction, ingress, egress, reach }) => ({
      tier,
      order: Number.isFinite(order) ? order : null,
      defaultAction,
      ingress: ingress.map((policy) => ({ ...policy, tier })),
      egress: egress.map((policy) => ({ ...policy, tier })),
      reach,
    })),
  };
}
