import type { ObjectRef, Protocol } from "@percale/resources";
import type { TierInfo } from "../select/order.ts";
import type { Protection, Reach } from "./protection.ts";

/** One end of a packet. An address that belongs to an endpoint or a node stands for it. */
export type Peer =
  | { readonly endpoint: { readonly namespace: string; readonly name: string } }
  /** A process on the node itself. */
  | { readonly node: string }
  | { readonly ip: string };

/** May `from` open a connection to `to`? */
export interface Query {
  readonly from: Peer;
  readonly to: Peer;
  /** Name or number. */
  readonly protocol: Protocol;
  /** Of the destination. */
  readonly port?: number;
  readonly sourcePort?: number;
  /** An echo request if the protocol is ICMP and nothing is said. */
  readonly icmp?: { readonly type: number; readonly code: number };
  /** IPv4 where both ends have it, if nothing is said. */
  readonly ipVersion?: 4 | 6;
  /** Another source address than that of `from`. */
  readonly sourceAddress?: string;
}

export interface ResolvedPeer {
  readonly kind: "workload" | "node" | "network";
  /** `namespace/name` of the endpoint, the node's name, or the address. */
  readonly name: string;
  /** Of a workload. */
  readonly node?: string;
  readonly address: string | undefined;
}

export type Verdict = "allow" | "deny";
export type Direction = "ingress" | "egress";
export type RuleAction = "Allow" | "Deny" | "Pass" | "Log";
/** What a rule that matches comes to: after a Log the next one is asked. */
export type FinalAction = Exclude<RuleAction, "Log">;

/** What had the last word on one side: a rule, the end of a tier, or that nothing decided. */
export type HalfDecision =
  | {
      readonly by: "rule";
      readonly kind: string;
      readonly name: string;
      readonly namespace?: string;
      /** Absent for a profile. */
      readonly tier?: string;
      readonly direction: Direction;
      readonly ruleIndex: number;
      readonly action: FinalAction;
    }
  | { readonly by: "tier"; readonly tier: string; readonly direction: Direction; readonly action: "Deny" }
  | { readonly by: "no profile matched"; readonly direction: Direction; readonly message: string };

/** Which thing had the last word. `message`: one sentence for people. */
export type Decision =
  | HalfDecision
  | {
      readonly by:
        | "spoofed source"
        | "encapsulation"
        | "no address"
        | "host action"
        | "node to own workload"
        | "no workload involved"
        | "neighbour discovery";
      readonly direction?: Direction;
      readonly message: string;
    };

export interface RuleStep {
  readonly index: number;
  readonly action: RuleAction;
  readonly matched: boolean;
  /** The first field that did not fit, for instance `source.selector`; absent on a match. */
  readonly failedField?: string;
  /** What the rule asks for in that field, as it is written. */
  readonly wants?: string;
}

export interface PolicyStep {
  readonly ref: ObjectRef;
  readonly rules: readonly RuleStep[];
  /** What it came to: the action of the rule that matched, or that none did. */
  readonly outcome: FinalAction | "no match";
  readonly ruleIndex?: number;
}

export interface TierStep {
  readonly tier: string;
  /** Absent: the tier does not exist, only policies speak of it. */
  readonly exists: boolean;
  readonly defaultAction: "Deny" | "Pass";
  readonly policies: readonly PolicyStep[];
  /** What the tier came to; its default counts as Pass or Deny. */
  readonly outcome: FinalAction;
  /** True if no rule decided and the tier's default did. */
  readonly byDefault: boolean;
}

/** One endpoint's say about the packet. */
export interface Half {
  /** `namespace/name` of the WorkloadEndpoint. */
  readonly endpoint: string;
  readonly direction: Direction;
  readonly verdict: Verdict;
  readonly decision: HalfDecision;
  /** Tiers that count for the direction, up to the one that decided. */
  readonly tiers: readonly TierStep[];
  /** Profiles, if it came to them, up to the one that decided. */
  readonly profiles: readonly PolicyStep[];
}

export interface Explanation {
  readonly verdict: Verdict;
  /** How a denied packet ends: silently, or with an ICMP unreachable. */
  readonly denyAction: "Drop" | "Reject";
  readonly from: ResolvedPeer;
  readonly to: ResolvedPeer;
  readonly ipVersion: 4 | 6;
  readonly egress?: Half;
  readonly ingress?: Half;
  /** What decided in the end. */
  readonly decision: Decision;
}

export interface EffectivePolicies {
  readonly tiers: readonly (TierInfo & {
    readonly ingress: readonly ObjectRef[];
    readonly egress: readonly ObjectRef[];
    /** Of the directions that have policies in it. */
    readonly reach: Readonly<Partial<Record<Direction, Reach>>>;
  })[];
  readonly profiles: readonly { readonly name: string; readonly exists: boolean }[];
  readonly protection: Readonly<Record<Direction, Protection>>;
}
