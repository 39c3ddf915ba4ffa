import type { Protection, Reach } from "@percale/policy";
import type { ObjectRef } from "@percale/resources";
import type { PolicyRefView } from "./decisions.ts";

export interface EffectiveTier {
  readonly tier: string;
  readonly order: number | null;
  readonly defaultAction: "Deny" | "Pass";
  readonly ingress: readonly PolicyRefView[];
  readonly egress: readonly PolicyRefView[];
  /** Of the directions that have policies in it: whether a packet can come so far, and to its end. */
  readonly reach: { readonly ingress?: Reach; readonly egress?: Reach };
}

export interface EffectiveView {
  readonly endpoint: ObjectRef;
  readonly tiers: readonly EffectiveTier[];
  readonly profiles: readonly string[];
  readonly protection: BothWays;
  readonly revision: number;
}

/** How far an endpoint is closed in each direction, and what has the last word. */
export interface BothWays {
  readonly ingress: Protection;
  readonly egress: Protection;
}

/** Of a policy: on how many endpoints it is in force. Of an endpoint: how many policies are in force on it. */
export interface CoverageRow {
  /** `kind/namespace/name` of a policy, `namespace/name` of an endpoint. */
  readonly name: string;
  readonly count: number;
  /** Of an endpoint. */
  readonly protection?: BothWays;
}

export interface CoverageView {
  /** A policy that is in force nowhere has none. */
  readonly rows: readonly CoverageRow[];
  readonly revision: number;
}

export interface ShadowRow {
  /** `kind/namespace/name` of a policy that could be deleted, and no packet would meet another end. */
  readonly name: string;
  /** Those that decide before it, wherever it is in force: policies, or a tier, which stands for the end of it. */
  readonly by: readonly ObjectRef[];
}

export interface ShadowsView {
  readonly rows: readonly ShadowRow[];
  readonly revision: number;
}

/** How the whole cluster is protected. */
export interface ProtectionView {
  readonly endpoints: number;
  readonly openBothWays: number;
  readonly ingress: ProtectionTally;
  readonly egress: ProtectionTally;
  readonly ends: readonly ProtectionEnd[];
  readonly revision: number;
}

/** Endpoints of one direction. */
export interface ProtectionTally {
  readonly open: number;
  readonly partly: number;
  readonly closed: number;
  /** No policy has the last word on them: their profiles have, or their having none. */
  readonly byProfile: number;
}

/** How many endpoints something has the last word on, where no condition has: all of what comes, or what was passed on. */
export interface ProtectionEnd {
  /** `Tier/name`, `Profile/name` or `kind/namespace/name` of a policy. */
  readonly name: string;
  readonly ingress: number;
  readonly egress: number;
}

/** One side of one rule that selects a network set. */
export interface SetUse {
  /** A policy or profile. */
  readonly owner: ObjectRef;
  readonly direction: "ingress" | "egress";
  /** Index in its list. */
  readonly rule: number;
  readonly side: "source" | "destination";
  /** The rule is about whoever is not in the set. */
  readonly isNot?: true;
}

/** A workload endpoint, what is in force on it, and which rules match it. */
export interface MatchRow {
  /** `<node>/<orchestrator>/<workload>/<endpoint>`, as Calico's tools call it. */
  readonly id: string;
  readonly endpoint: ObjectRef;
  /** In the order in which they judge. */
  readonly policies: readonly (PolicyRefView & {
    /** Absent: after all that have one. */
    readonly order?: number;
    /** With what its place adds to what is written. */
    readonly selector: string;
  })[];
  readonly profiles: readonly string[];
  readonly rules: readonly RuleMatch[];
}

/** A side of a rule that matches; `isNot`: it is about whoever is not selected. */
export interface RuleMatch extends SetUse {
  readonly selector: string;
}

export interface MatchesView {
  readonly rows: readonly MatchRow[];
  readonly revision: number;
}

export interface SetUseRow {
  /** `kind/namespace/name` of the set. */
  readonly name: string;
  readonly count: number;
  /** The first of them, in order. */
  readonly uses: readonly SetUse[];
}

export interface SetUseView {
  /** A set that no rule selects has none. */
  readonly rows: readonly SetUseRow[];
  readonly revision: number;
}

export interface ProfileUseRow {
  readonly name: string;
  readonly endpoints: number;
}

export interface ProfileUseView {
  /** A profile that no endpoint has has none. */
  readonly rows: readonly ProfileUseRow[];
  readonly revision: number;
}
