import { kindsWhere, policySpecOf, Profile, refOf } from "@percale/resources";
import type { EntityRule, KubeObject, ObjectRef, PolicyRule } from "@percale/resources";
import type { SetUse } from "../trpc/views.ts";

/** Those that have rules. */
export const RULE_KINDS = [...kindsWhere(({ traits }) => traits.policy === "enforced"), Profile.kind];

/** One side of one rule. */
export interface Side extends Pick<SetUse, "owner" | "direction" | "rule" | "side"> {
  readonly namespace: string | undefined;
  readonly entity: EntityRule;
}

type Rules = readonly Pick<PolicyRule, "source" | "destination">[];

/** All sides of all rules that say anything. */
export function* sidesOf(object: KubeObject): Generator<Side> {
  const { ingress, egress } = rulesOf(object);
  const owner: ObjectRef = refOf(object);
  const { namespace } = object.metadata;
  for (const [direction, rules] of [["ingress", ingress] as const, ["egress", egress] as const])
    for (const [rule, sides] of rules.entries())
      for (const side of ["source", "destination"] as const) {
        const entity = sides[side];
        if (entity !== undefined) yield { owner, namespace, direction, rule, side, entity };
      }
}

/** Their schema was checked when they were stored. */
function rulesOf(object: KubeObject): { readonly ingress: Rules; readonly egress: Rules } {
  const { ingress = [], egress = [] } = policySpecOf(object); // a profile has rules alike
  return { ingress, egress };
}
