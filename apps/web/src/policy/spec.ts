import type { KubeObject } from "@percale/resources";

/**
 * The fields of policies and tiers that the dashboard reads, as they stand in YAML. Everything is optional: an object from an
 * older server, or one being typed, must never break a page. Checks and defaults are the resources package's job.
 */
export interface EntityRule {
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  readonly selector?: string;
  readonly notSelector?: string;
  readonly namespaceSelector?: string;
  readonly ports?: readonly (number | string)[];
  readonly notPorts?: readonly (number | string)[];
  readonly serviceAccounts?: { readonly names?: readonly string[]; readonly selector?: string };
  readonly services?: { readonly name?: string; readonly namespace?: string };
  readonly domains?: readonly string[];
}

export interface IcmpSpec {
  readonly type?: number;
  readonly code?: number;
}

export interface RuleSpec {
  readonly action?: string;
  readonly protocol?: string | number;
  readonly notProtocol?: string | number;
  readonly icmp?: IcmpSpec;
  readonly notICMP?: IcmpSpec;
  readonly ipVersion?: number;
  readonly source?: EntityRule;
  readonly destination?: EntityRule;
}

export interface PolicySpec {
  readonly tier?: string;
  readonly order?: number;
  readonly selector?: string;
  readonly namespaceSelector?: string;
  readonly serviceAccountSelector?: string;
  readonly types?: readonly string[];
  readonly ingress?: readonly RuleSpec[];
  readonly egress?: readonly RuleSpec[];
  readonly applyOnForward?: boolean;
  readonly doNotTrack?: boolean;
  readonly preDNAT?: boolean;
}

export interface TierSpec {
  readonly order?: number;
  readonly defaultAction?: string;
}

export type PolicyObject = KubeObject<PolicySpec>;
export type TierObject = KubeObject<TierSpec>;

export const POLICY_KINDS = ["GlobalNetworkPolicy", "NetworkPolicy"] as const;

/** The tier that a policy is in; absent means `default`. */
export function tierOf(policy: PolicyObject): string {
  return policy.spec.tier ?? "default";
}

/** Directions a policy governs: what `types` says, else what its rules imply (ingress unless only egress rules exist). */
export function directionsOf({ types, ingress, egress }: PolicySpec): { ingress: boolean; egress: boolean } {
  if (types !== undefined && types.length > 0) {
    return { ingress: types.includes("Ingress"), egress: types.includes("Egress") };
  }
  const hasEgress = (egress?.length ?? 0) > 0;
  return { ingress: (ingress?.length ?? 0) > 0 || !hasEgress, egress: hasEgress };
}
