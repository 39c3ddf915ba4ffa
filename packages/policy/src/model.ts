import type { ObjectRef } from "@percale/resources";
import type { PolicyStage } from "./stages.ts";

/**
 * What the calculation graph tells a dataplane driver: plain data, no Kubernetes. A driver holds this state and makes the kernel agree.
 * Every reference in a batch is to something sent before it or in it; nothing is removed while something still refers to it.
 */

/** `s:…`, `n:…`, `svc:…`: identity of an address set by content. */
export type SetId = string;

/** What a set holds. `net`: canonical CIDR text (hosts as /32, /128), both families mixed. `port`: `cidr,proto,port`, e.g. `10.0.1.1/32,6,8080`. */
export type SetKind = "net" | "port";
export type SetMember = string;

export type Action = "allow" | "deny" | "pass" | "log";

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export interface Icmp {
  readonly type: number;
  readonly code?: number;
}

/** One side of a rule. All given fields are ANDed, items of one field ORed; each item of a negated field excludes. */
export interface RuleSide {
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  /** Address must be in every one. */
  readonly sets?: readonly SetId[];
  /** Address must be in none. */
  readonly notSets?: readonly SetId[];
  /** (sets and ports) or namedPorts: a packet matches with either. */
  readonly ports?: readonly PortRange[];
  readonly namedPorts?: readonly SetId[];
  readonly notPorts?: readonly PortRange[];
  readonly notNamedPorts?: readonly SetId[];
}

export interface Rule {
  readonly action: Action;
  readonly ipVersion?: 4 | 6;
  /** IP protocol number. */
  readonly protocol?: number;
  readonly notProtocol?: number;
  readonly icmp?: Icmp;
  readonly notIcmp?: Icmp;
  readonly source: RuleSide;
  readonly destination: RuleSide;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `kind/name` or `kind/namespace/name`. */
export type PolicyKey = string;

export interface ActivePolicy {
  readonly key: PolicyKey;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly tier: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

export interface ActiveProfile {
  readonly name: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

export interface EndpointTier {
  readonly name: string;
  readonly defaultAction: "Deny" | "Pass";
  /** Enforced policies of the direction in evaluation order; empty = the tier does not count for it. */
  readonly ingress: readonly PolicyKey[];
  readonly egress: readonly PolicyKey[];
}

/** Which interfaces an endpoint governs. A union, so that a pattern, `*` and "whatever carries this address" are further members. */
export type InterfaceMatch = { readonly by: "name"; readonly name: string };

/** An endpoint of this node, a workload's or the host's, with all that decides about its packets. */
export interface ActiveEndpoint {
  /** `formatRef` of `ref`. */
  readonly key: string;
  readonly ref: ObjectRef;
  readonly match: InterfaceMatch;
  /** Not so: nothing passes. */
  readonly active: boolean;
  /** Tiers in evaluation order; a stage that is not there has no policy. */
  readonly stages: Readonly<Partial<Record<PolicyStage, readonly EndpointTier[]>>>;
  readonly profiles: readonly string[];
  /** Of an endpoint whose interface leads to a workload: without it the interface is the host's own. */
  readonly workload?: Workload;
}

/** What a node owes a workload beside policy: routes, neighbours, and that it sends from no address but its own. */
export interface Workload {
  readonly mac?: string;
  /** Host CIDRs, canonical. */
  readonly addresses: readonly string[];
  readonly allowSpoofedSourcePrefixes: readonly string[];
}

/** Pool facts the NAT rules need. */
export interface PoolInfo {
  readonly cidr: string;
  readonly natOutgoing: boolean;
  /** Serves only LoadBalancer addresses: not part of the network for natOutgoing. */
  readonly loadBalancerOnly: boolean;
}

/** Settings out of the FelixConfiguration layers that shape rules and routes, with Felix's names and defaults. Durations in ms. */
export interface DataplaneConfig {
  readonly interfacePrefixes: readonly string[];
  readonly ipv6Support: boolean;
  readonly filterAllowAction: "Accept" | "Return";
  readonly filterDenyAction: "Drop" | "Reject";
  readonly defaultEndpointToHostAction: "Drop" | "Accept" | "Return" | "Reject";
  readonly markMask: number;
  readonly disableConntrackInvalidCheck: boolean;
  readonly allowVXLANPacketsFromWorkloads: boolean;
  readonly allowIPIPPacketsFromWorkloads: boolean;
  readonly vxlanPort: number;
  readonly workloadSourceSpoofing: "Disabled" | "Any";
  readonly logPrefix: string;
  readonly natOutgoingAddress?: string;
  readonly natOutgoingExclusions: "IPPoolsOnly" | "IPPoolsAndHostIPs";
  readonly natPortRange?: PortRange;
  readonly deviceRouteProtocol: number;
  readonly ipv4RoutePriority: number;
  readonly ipv6RoutePriority: number;
  readonly ipForwarding: boolean;
  readonly refreshIntervalMs: number;
}

/** One change of a node's desired state. A batch is a list of them that becomes true together; what others name comes before them. */
export type NodeUpdate =
  | { readonly t: "config"; readonly config: DataplaneConfig }
  | { readonly t: "set"; readonly id: SetId; readonly kind: SetKind; readonly members: readonly SetMember[] }
  | {
      readonly t: "setDelta";
      readonly id: SetId;
      readonly added: readonly SetMember[];
      readonly removed: readonly SetMember[];
    }
  | { readonly t: "policy"; readonly policy: ActivePolicy }
  | { readonly t: "profile"; readonly profile: ActiveProfile }
  | { readonly t: "endpoint"; readonly endpoint: ActiveEndpoint }
  | { readonly t: "endpointRemoved"; readonly key: string }
  | { readonly t: "profileRemoved"; readonly name: string }
  | { readonly t: "policyRemoved"; readonly key: PolicyKey }
  | { readonly t: "setRemoved"; readonly id: SetId }
  | { readonly t: "pool"; readonly pool: PoolInfo }
  | { readonly t: "poolRemoved"; readonly cidr: string }
  /** All nodes' addresses, for natOutgoing exclusions. */
  | { readonly t: "hosts"; readonly addresses: readonly string[] };

/** A packet as the evaluator sees it: after DNAT, first packet of its connection. */
export interface Packet {
  readonly ipVersion: 4 | 6;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
}
