import type { ObjectRef } from "@percale/resources";

/** What an address or name in a question stands for. */
export interface PartyView {
  /** As asked. */
  readonly text: string;
  readonly address: string;
  /** `namespace/name` of the WorkloadEndpoint that has the address, if one has. */
  readonly endpoint?: string;
  /** What people call that endpoint. */
  readonly called?: string;
  readonly node?: string;
}

export interface PolicyRefView extends ObjectRef {
  readonly tier: string;
}

/** What one side's policies say. */
export interface DecisionView {
  readonly direction: "egress" | "ingress";
  readonly verdict: "allow" | "deny";
  /** What decided: a rule, the default action of a tier, the profiles' end, or that no policy of ours covers this side. */
  readonly by: "rule" | "tierDefault" | "profile" | "noMatch" | "notAnEndpoint";
  readonly tier?: string;
  readonly policy?: PolicyRefView;
  readonly profile?: string;
  /** Index in the policy's ingress or egress list. */
  readonly rule?: number;
  /** One sentence. */
  readonly text: string;
  /** What was looked at on the way, in order. */
  readonly steps: readonly DecisionStep[];
}

export interface DecisionStep {
  readonly tier?: string;
  readonly policy?: PolicyRefView;
  readonly profile?: string;
  readonly rule?: number;
  readonly action: "allow" | "deny" | "pass" | "log" | "none";
  readonly text: string;
  /** Why the first of its rules did not match; absent where none was tried in vain. */
  readonly misfits?: readonly Misfit[];
}

/** A rule that did not match: the first field that did not, and what the rule asks for there. */
export interface Misfit {
  /** Index in the policy's list. */
  readonly rule: number;
  readonly field: string;
  readonly wants: string;
}

export interface ExplainView {
  readonly verdict: "allow" | "deny";
  readonly from: PartyView;
  readonly to: PartyView;
  readonly protocol: string;
  readonly port?: number;
  /** The side that denies, else the ingress side's decision. */
  readonly decidedBy: DecisionView;
  readonly egress: DecisionView;
  readonly ingress: DecisionView;
  readonly revision: number;
}

export interface MatrixPort {
  readonly protocol: string;
  readonly port?: number;
}

export interface MatrixCell extends MatrixPort {
  readonly from: string;
  readonly to: string;
  readonly allowed: boolean;
  /** The deciding tier, policy and rule in one line. */
  readonly text: string;
}

export interface MatrixView {
  readonly endpoints: readonly string[];
  readonly cells: readonly MatrixCell[];
  readonly revision: number;
}

export interface ImpactChange extends MatrixPort {
  readonly from: string;
  readonly to: string;
  /** What people call the two. */
  readonly called: { readonly from: string; readonly to: string };
  readonly before: DecisionView;
  readonly after: DecisionView;
}

export interface ImpactView {
  /** Pairs and ports looked at. */
  readonly examined: number;
  readonly changes: readonly ImpactChange[];
  /** Pairs and ports that change too, and that the answer has no room for. Absent if it has. */
  readonly more?: { readonly denied: number; readonly allowed: number };
  readonly revision: number;
}
