import { DEFAULT_TIER, policyTypes } from "@percale/resources";
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

/** The tier that a policy is in; absent means `default`. */
export function tierOf(policy: PolicyObject): string {
  return policy.spec.tier ?? DEFAULT_TIER;
}

/** Directions a policy governs, also one that is being written. */
export function directionsOf({ types, ...rules }: PolicySpec): { ingress: boolean; egress: boolean } {
  const governed: readonly string[] = policyTypes({ ...rules, types: types?.filter(isType) });
  return { ingress: governed.includes("Ingress"), egress: governed.includes("Egress") };
}

function isType(text: string): text is "Ingress" | "Egress" {
  return text === "Ingress" || text === "Egress";
}
