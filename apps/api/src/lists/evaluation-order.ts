import { compareTiers, missingTier, orderOf, tierInfo } from "@percale/policy";
import type { TierInfo } from "@percale/policy";
import { kindsWhere, policySpecOf, Tier } from "@percale/resources";
import type { KubeObject, StatedSpecOf } from "@percale/resources";
import { seesBy } from "../auth/sight.ts";
import type { Questions } from "../policy/questions.ts";
import type { World } from "../policy/world.ts";
import { compareKeys, reordered } from "./orders.ts";
import type { Key } from "./orders.ts";
import { policyEntry, tierOf } from "./policy-entry.ts";

const POLICY_KINDS = kindsWhere(({ traits }) => traits.policy === "enforced");

/** A tier with its policies in the order in which they are asked. */
export interface TierPlace {
  readonly info: TierInfo;
  readonly policies: readonly KubeObject[];
}

/** A policy that would be elsewhere: in the tier, at the order. */
export type Move = Questions["board"]["moves"][number];

/** All tiers in the order in which they are asked, those too that only policies speak of, as they would be after the moves: of both what is seen. */
export function evaluationOrder(
  { orders, evaluator }: World,
  { moves, rights }: Pick<Questions["board"], "moves" | "rights">,
): readonly TierPlace[] {
  const { objects } = evaluator;
  const sees = seesBy(rights);
  // Before they are moved: nobody moves what he does not see into what he sees.
  const stored = orders.by("evaluation", { objects, kinds: POLICY_KINDS, keyOf: placeOf }).filter(sees);
  const byTier = Map.groupBy(moved(stored, moves), tierOf);
  const tiers = [...objects.values(Tier.kind)].filter(sees);
  const infos = tiers.map(({ metadata, spec }) => tierInfo(metadata.name, spec as StatedSpecOf<typeof Tier>));
  const known = new Set(infos.map(({ name }) => name));
  const missing = [...byTier.keys()].filter((name) => !known.has(name)).map(missingTier);
  return [...infos, ...missing].sort(compareTiers).map((info) => ({ info, policies: byTier.get(info.name) ?? [] }));
}

/** Its place among policies of its tier, as `comparePolicies` says: names have no character on which texts and bytes differ. */
function placeOf(policy: KubeObject): Key {
  const { kind, metadata } = policy;
  const { name, namespace = "" } = metadata;
  return { value: orderOf(policySpecOf(policy)), name: `${name}/${namespace}/${kind}` };
}

function moved(policies: readonly KubeObject[], moves: readonly Move[]): readonly KubeObject[] {
  if (moves.length === 0) return policies;
  const byName = new Map(moves.map((move) => [nameOf(move), move]));
  const now = policies.map((policy) => {
    const move = byName.get(nameOf(policyEntry(policy).card.ref));
    return move === undefined ? policy : { ...policy, spec: { ...(policy.spec as object), ...placeIn(move) } };
  });
  return reordered(policies, now, (a, b) => compareKeys(placeOf(a), placeOf(b)));
}

function placeIn({ tier, order }: Move): { readonly tier: string; readonly order: number } {
  return { tier, order };
}

function nameOf({ kind, namespace = "", name }: Pick<Move, "kind" | "namespace" | "name">): string {
  return `${kind}/${namespace}/${name}`;
}
