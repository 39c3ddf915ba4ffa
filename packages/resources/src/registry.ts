import type { ResourceDefinition } from "./define.ts";
import { BGPConfiguration } from "./kinds/bgp-configuration.ts";
import { BGPPeer } from "./kinds/bgp-peer.ts";
import { ClusterInformation } from "./kinds/cluster-information.ts";
import { FelixConfiguration } from "./kinds/felix-configuration.ts";
import { IPPool } from "./kinds/ip-pool.ts";
import { BlockAffinity, IPAMBlock, IPAMConfiguration, IPAMHandle } from "./kinds/ipam.ts";
import { GlobalNetworkPolicy, NetworkPolicy } from "./kinds/network-policy.ts";
import { GlobalNetworkSet, NetworkSet } from "./kinds/network-set.ts";
import { Namespace } from "./kinds/namespace.ts";
import { Node } from "./kinds/node.ts";
import { Profile } from "./kinds/profile.ts";
import { Tier } from "./kinds/tier.ts";
import { WorkloadEndpoint } from "./kinds/workload-endpoint.ts";

/** Any object of any kind below; `kind` does not narrow it, a kind's own type does. */
export type AnyResource =
  | BGPConfiguration
  | BGPPeer
  | BlockAffinity
  | ClusterInformation
  | FelixConfiguration
  | GlobalNetworkPolicy
  | IPAMBlock
  | IPAMConfiguration
  | IPAMHandle
  | IPPool
  | Namespace
  | NetworkPolicy
  | NetworkSet // and GlobalNetworkSet, which has the same shape
  | Node
  | Profile
  | Tier
  | WorkloadEndpoint;

/** Every kind there is, public ones first. A new kind is its file and a line here. */
export const resourceDefinitions: readonly ResourceDefinition[] = [
  Tier,
  NetworkPolicy,
  GlobalNetworkPolicy,
  NetworkSet,
  GlobalNetworkSet,
  Profile,
  IPPool,
  IPAMConfiguration,
  BlockAffinity,
  BGPConfiguration,
  BGPPeer,
  FelixConfiguration,
  ClusterInformation,
  Namespace,
  Node,
  WorkloadEndpoint,
  IPAMBlock,
  IPAMHandle,
];

const byKind = new Map(resourceDefinitions.map((definition) => [definition.kind, definition]));
const byPlural = new Map(resourceDefinitions.map((definition) => [definition.plural, definition]));

export function definitionOf(kind: string): ResourceDefinition | undefined {
  return byKind.get(kind);
}

export function definitionByPlural(plural: string): ResourceDefinition | undefined {
  return byPlural.get(plural);
}
