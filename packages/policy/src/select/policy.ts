import type { KubeObject, PolicySpec } from "@percale/resources";
import { DEFAULT_TIER, formatRef, kindsWhere, policySpecOf, refOf } from "@percale/resources";
import { parseSelector } from "@percale/selector";
import type { Selector } from "@percale/selector";
import type { PolicyKey } from "../model.ts";
import { InvalidObject } from "../compile/invalid.ts";
import { orderOf } from "./order.ts";
import { subjectSelector } from "./selectors.ts";

/** What is known of a policy before anyone needs its rules. */
export interface PolicyHead {
  readonly key: PolicyKey;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly tier: string;
  /** Absent is +∞. */
  readonly order: number;
  readonly ingress: boolean;
  readonly egress: boolean;
  /** Sent to nodes without an endpoint that it selects. */
  readonly isAlwaysActive: boolean;
  /** A doNotTrack or preDNAT policy says nothing to workloads. */
  readonly isForHostsOnly: boolean;
  readonly selector: Selector;
  readonly spec: PolicySpec;
}

const POLICY_KINDS: ReadonlySet<string> = new Set(kindsWhere(({ traits }) => traits.policy === "enforced"));

export function isPolicyKind(kind: string): boolean {
  return POLICY_KINDS.has(kind);
}

/** Throws InvalidObject or SelectorError. */
export function policyHead(object: KubeObject): PolicyHead {
  const { kind, metadata } = object;
  if (!isPolicyKind(kind)) throw new InvalidObject(`${kind} is no policy`);
  const spec = policySpecOf(object); // checked field by field as it is read
  const types = (spec.types ?? []).map((type) => type.toLowerCase());
  return {
    key: formatRef(refOf(object)),
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    tier: spec.tier === undefined || spec.tier === "" ? DEFAULT_TIER : spec.tier,
    order: orderOf(spec),
    ingress: types.length === 0 || types.includes("ingress"),
    egress: types.length === 0 || types.includes("egress"),
    isAlwaysActive: spec.performanceHints?.includes("AssumeNeededOnEveryNode") === true,
    isForHostsOnly: spec.doNotTrack === true || spec.preDNAT === true,
    selector: subjectSelector(spec, metadata.namespace),
    spec,
  };
}

/** A cluster-scoped selector of any object, for instance a FelixConfiguration's nodeSelector. */
export function optionalSelector(text: string | undefined): Selector | undefined {
  return text === undefined || text.trim() === "" ? undefined : parseSelector(text);
}
