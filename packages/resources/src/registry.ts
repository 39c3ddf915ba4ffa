import type { ResourceDefinition } from "./define.ts";
import { askKinds } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import type { Reader } from "./traits.ts";
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

/** Every kind there is, in the order in which lists show them, public ones first. A new kind is its file and a line here. */
export const resourceDefinitions: readonly ResourceDefinition[] = [
  NetworkPolicy,
  GlobalNetworkPolicy,
  Tier,
  IPPool,
  NetworkSet,
  GlobalNetworkSet,
  Profile,
  BGPPeer,
  FelixConfiguration,
  BGPConfiguration,
  IPAMConfiguration,
  ClusterInformation,
  BlockAffinity,
  Namespace,
  Node,
  WorkloadEndpoint,
  IPAMBlock,
  IPAMHandle,
];

export const { definitionOf, definitionByPlural, kindsWhere, twinOf } = askKinds(resourceDefinitions);

export function kindsReadBy(reader: Reader): readonly string[] {
  return kindsWhere(({ traits }) => traits.readBy?.includes(reader));
}

/** Those of the kind, in their order. */
export function ofKind<S, T>(definition: ResourceDefinition<S, T>, objects: readonly KubeObject[]): KubeObject<S, T>[] {
  return objects.filter(({ kind }) => kind === definition.kind) as KubeObject<S, T>[]; // the schema of that kind holds for all of them
}
