import type { ResourceDefinition } from "./define.ts";
import { askKinds } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import type { Reader } from "./traits.ts";
import { BFDConfiguration } from "./kinds/bfd-configuration.ts";
import { BGPConfiguration } from "./kinds/bgp-configuration.ts";
import { BGPFilter } from "./kinds/bgp-filter.ts";
import { BGPPeer } from "./kinds/bgp-peer.ts";
import { CalicoNodeStatus } from "./kinds/calico-node-status.ts";
import { ClusterInformation } from "./kinds/cluster-information.ts";
import { FelixConfiguration } from "./kinds/felix-configuration.ts";
import { HostEndpoint } from "./kinds/host-endpoint.ts";
import { IPPool } from "./kinds/ip-pool.ts";
import { IPReservation } from "./kinds/ip-reservation.ts";
import { BlockAffinity, IPAMBlock, IPAMConfiguration, IPAMHandle } from "./kinds/ipam.ts";
import { KubeControllersConfiguration } from "./kinds/kube-controllers-configuration.ts";
import { KubernetesClusterNetworkPolicy } from "./kinds/kubernetes/cluster-network-policy.ts";
import { EndpointSlice } from "./kinds/kubernetes/endpoint-slice.ts";
import { KubernetesNetworkPolicy } from "./kinds/kubernetes/network-policy.ts";
import { ServiceAccount } from "./kinds/kubernetes/service-account.ts";
import { Service } from "./kinds/kubernetes/service.ts";
import { LiveMigration } from "./kinds/live-migration.ts";
import { GlobalNetworkPolicy, NetworkPolicy } from "./kinds/network-policy.ts";
import { GlobalNetworkSet, NetworkSet } from "./kinds/network-set.ts";
import { Namespace } from "./kinds/namespace.ts";
import { Node } from "./kinds/node.ts";
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "./kinds/kubernetes/rbac.ts";
import { PendingChange } from "./kinds/pending-change.ts";
import { Profile } from "./kinds/profile.ts";
import { StagedKubernetesNetworkPolicy } from "./kinds/staged-kubernetes-policy.ts";
import { StagedGlobalNetworkPolicy, StagedNetworkPolicy } from "./kinds/staged-policy.ts";
import { Tier } from "./kinds/tier.ts";
import { WorkloadEndpoint } from "./kinds/workload-endpoint.ts";

/** Any object of any kind below; `kind` does not narrow it, a kind's own type does. */
export type AnyResource =
  | BFDConfiguration
  | BGPConfiguration
  | BGPFilter
  | BGPPeer
  | BlockAffinity
  | CalicoNodeStatus
  | ClusterInformation
  | EndpointSlice
  | ClusterRole
  | ClusterRoleBinding
  | FelixConfiguration
  | GlobalNetworkPolicy
  | HostEndpoint
  | IPAMBlock
  | IPAMConfiguration
  | IPAMHandle
  | IPPool
  | IPReservation
  | KubeControllersConfiguration
  | KubernetesClusterNetworkPolicy
  | KubernetesNetworkPolicy
  | LiveMigration
  | Namespace
  | NetworkPolicy
  | NetworkSet // and GlobalNetworkSet, which has the same shape
  | Node
  | PendingChange
  | Profile
  | Service
  | ServiceAccount
  | StagedGlobalNetworkPolicy
  | StagedKubernetesNetworkPolicy
  | StagedNetworkPolicy
  | Role
  | RoleBinding
  | Tier
  | WorkloadEndpoint;

/** Every kind there is, in the order in which lists show them, public ones first. A new kind is its file and a line here. */
export const resourceDefinitions: readonly ResourceDefinition[] = [
  NetworkPolicy,
  GlobalNetworkPolicy,
  KubernetesNetworkPolicy,
  KubernetesClusterNetworkPolicy,
  StagedNetworkPolicy,
  StagedGlobalNetworkPolicy,
  StagedKubernetesNetworkPolicy,
  Tier,
  IPPool,
  IPReservation,
  NetworkSet,
  GlobalNetworkSet,
  HostEndpoint,
  Profile,
  BGPPeer,
  BGPFilter,
  FelixConfiguration,
  BGPConfiguration,
  BFDConfiguration,
  IPAMConfiguration,
  KubeControllersConfiguration,
  CalicoNodeStatus,
  ClusterInformation,
  PendingChange,
  BlockAffinity,
  Namespace,
  ServiceAccount,
  Service,
  EndpointSlice,
  Role,
  ClusterRole,
  RoleBinding,
  ClusterRoleBinding,
  Node,
  WorkloadEndpoint,
  LiveMigration,
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
