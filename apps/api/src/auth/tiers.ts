/**
 * Rights by tier, asked after those on the resource itself. In tier T somebody may do to policies of a kind R what roles allow on the
 * resource `tier.R` under the name `T.*`, or under the policy's own, if he may also get T. Pure.
 * Source: projectcalico/calico `apiserver/pkg/rbac`, `webhooks/pkg/rbac`.
 */
import { DEFAULT_TIER, definitionOf, StagedKubernetesNetworkPolicy, Tier } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Attributes } from "./rbac/rule.ts";

export type Allows = (asked: Attributes) => boolean;

/** What is asked of policies of a kind: of one that is named, or of many. */
export interface TierQuestion {
  readonly verb: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

export type TierVerdict = "allowed" | "no tier" | "no verb";

/** A draft of a Kubernetes policy names no tier: it would stand in the default one. */
export function isTiered({ kind }: Pick<KubeObject, "kind">): boolean {
  return definitionOf(kind)?.traits.tiered === true || kind === StagedKubernetesNetworkPolicy.kind;
}

export function tierOf({ spec }: Pick<KubeObject, "spec">): string {
  return (spec as { readonly tier?: string } | undefined)?.tier || DEFAULT_TIER; // of a tiered kind
}

export function judgeTier(allows: Allows, tier: string, { verb, kind, namespace, name }: TierQuestion): TierVerdict {
  const { group, servedPlural } = definitionOf(kind)!; // of ours
  if (!allows({ verb: "get", group: Tier.group, resource: Tier.servedPlural, name: tier })) return "no tier";
  const asked = { verb, group, resource: `tier.${servedPlural}`, ...(namespace !== undefined && { namespace }) };
  const names = [`${tier}.*`, ...(name === undefined || name === "" ? [] : [name])];
  return names.some((one) => allows({ ...asked, name: one })) ? "allowed" : "no verb";
}

/** Whether no tier is closed, those that may come too. */
export function mayInAll(allows: Allows, { verb, kind, namespace }: TierQuestion): boolean {
  const { group, servedPlural } = definitionOf(kind)!; // of ours
  const asked = { verb, group, resource: `tier.${servedPlural}`, ...(namespace !== undefined && { namespace }) };
  return allows({ verb: "get", group: Tier.group, resource: Tier.servedPlural }) && allows(asked);
}
