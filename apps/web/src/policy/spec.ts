import { DEFAULT_TIER, definitionOf, kubernetesPlace, policyTypes } from "@percale/resources/catalog";
import type { GlobalNetworkPolicy, KubeObject, PolicyRule, SpecOf, Tier } from "@percale/resources/catalog";

/**
 * What the dashboard takes an object for: every field of its kind, none for sure. One from an older server, or one being typed, must never
 * break a page. Checks and defaults are the resources package's job.
 */
export type Lenient<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly (infer U)[]
        ? readonly Lenient<U>[]
        : T extends object
          ? { readonly [K in keyof T]?: Lenient<T[K]> | undefined }
          : T;

export type PolicySpec = Lenient<SpecOf<typeof GlobalNetworkPolicy>>;
export type RuleSpec = Lenient<PolicyRule>;
export type EntityRule = NonNullable<RuleSpec["source"]>;
type TierSpec = Lenient<SpecOf<typeof Tier>>;

export type PolicyObject = KubeObject<PolicySpec>;
export type TierObject = KubeObject<TierSpec>;

/** The tier that a policy is in; absent means `default`. */
export function tierOf(policy: PolicyObject): string {
  return isTiered(policy) ? (policy.spec.tier ?? DEFAULT_TIER) : kubernetesPlace(policy.spec).tier;
}

/** Its place there; undefined is last. */
export function orderOf(policy: PolicyObject): number | undefined {
  return isTiered(policy) ? policy.spec.order : kubernetesPlace(policy.spec).order;
}

/** Rules of a direction. Kubernetes' own policies say them otherwise: of those none is shown by itself. */
export function rulesOf(policy: PolicyObject, direction: "ingress" | "egress"): readonly RuleSpec[] {
  return isTiered(policy) ? (policy.spec[direction] ?? []) : [];
}

/** It says itself where it stands, and can be given another place. */
export function isTiered({ kind }: { readonly kind: string }): boolean {
  return definitionOf(kind)?.traits.tiered === true;
}

/** Directions a policy governs, also one that is being written. */
export function directionsOf({ types, ...rules }: PolicySpec): { ingress: boolean; egress: boolean } {
  const governed: readonly string[] = policyTypes({ ...rules, types: types?.filter(isType) });
  return { ingress: governed.includes("Ingress"), egress: governed.includes("Egress") };
}

function isType(text: string): text is "Ingress" | "Egress" {
  return text === "Ingress" || text === "Egress";
}
