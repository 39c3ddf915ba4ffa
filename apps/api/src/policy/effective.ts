import { definitionOf, formatRef, notFound, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef, Tier } from "@percale/resources";
import type { EffectiveView } from "../trpc/views.ts";
import type { Scene } from "./world.ts";

/** Throws StatusError 404 if there is no such workload endpoint. */
export function effective({ evaluator, objects }: Scene, ref: ObjectRef): Omit<EffectiveView, "revision"> {
  const { namespace, name } = ref;
  if (ref.kind !== "WorkloadEndpoint" || namespace === undefined || !has(objects, ref)) throw notFound(ref);
  const { tiers, profiles } = evaluator.effectivePolicies({ namespace, name });
  const orders = new Map(objects.flatMap((object) => (object.kind === "Tier" ? [tierOrder(object as Tier)] : [])));
  return {
    endpoint: ref,
    profiles: profiles.map((profile) => profile.name),
    tiers: tiers.map(({ name: tier, defaultAction, ingress, egress }) => ({
      tier,
      order: orders.get(tier) ?? null,
      defaultAction,
      ingress: ingress.map((policy) => ({ ...policy, tier })),
      egress: egress.map((policy) => ({ ...policy, tier })),
    })),
  };
}

function has(objects: readonly KubeObject[], ref: ObjectRef): boolean {
  const key = formatRef(ref);
  return definitionOf(ref.kind) !== undefined && objects.some((object) => formatRef(refOf(object)) === key);
}

function tierOrder({ metadata, spec }: Tier): [string, number | null] {
  return [metadata.name, spec.order ?? null];
}
