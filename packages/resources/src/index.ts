/**
 * Every kind of `projectcalico.org/v3`, each declared once: types, checks, defaults, OpenAPI and columns come from that declaration.
 *
 *     const body = { apiVersion: API_VERSION, kind: "IPPool", metadata: { name: "v4" }, spec: { cidr: "10.0.0.0/8", blockSize: 40 } };
 *     const result = prepareObject(IPPool, body, { operation: "create" });
 *     result.error.causes.map(({ field }) => field); // → ["spec.blockSize"]
 */
export * from "./object.ts";
export { brief } from "./brief.ts";
export { encodedText, encodeObject } from "./encode.ts";
export { encodeServed, ownForm, servedForm } from "./served.ts";
export { ManagedFields } from "./managed-fields.ts";
export type { FieldsEntry } from "./managed-fields.ts";
export { fromStored, storedForm } from "./stored-object.ts";
export type { StoredObject } from "./stored-object.ts";
export { ObjectTable, sortKey } from "./object-table.ts";
export * from "./status-error.ts";
export * from "./status-reasons.ts";
export type { FieldIssue, FieldReason } from "./issue.ts";
export { formatIssue, parseOutside, show } from "./issue.ts";
export { cellOf, humanDuration, valueAt } from "./columns.ts";
export type { Column } from "./columns.ts";
export type { Immutable, Lookup, Operation, ResourceDefinition, StoreContext } from "./define.ts";
export { briefFacts, kindFacts } from "./kind.ts";
export type { FlatObjectOf, Kind, ObjectOf, SpecOf, StatedSpecOf } from "./kind.ts";
export type { JsonSchema } from "./open-api.ts";
export { generatedName, isDnsLabel, isSubdomain } from "./metadata.ts";
export * from "./consequences.ts";
export { namespaceObject } from "./namespaces.ts";
export * from "./prepare.ts";
export * from "./registry.ts";
export { kindWordsOf } from "./traits.ts";
export type { MenuGroup, Reader, Traits } from "./traits.ts";
export { unstorableIssues } from "./storable.ts";
export { isSameJson } from "./same-json.ts";
export { charactersLeft, fieldsOf, isLongerThan } from "./json-length.ts";
export * from "./scalars/as-number.ts";
export * from "./scalars/dscp.ts";
export { formatDuration, isInterval, parseDuration, tryParseDuration } from "./scalars/duration.ts";
export * from "./scalars/port.ts";
export * from "./scalars/protocol.ts";
export { GlobalNetworkPolicy, NetworkPolicy } from "./kinds/network-policy.ts";
export * from "./kinds/tiered.ts";
export type { EntityRule, PolicyRule } from "./kinds/policy-rule.ts";
export { BGPConfiguration } from "./kinds/bgp-configuration.ts";
export { BGPPeer } from "./kinds/bgp-peer.ts";
export { ClusterInformation } from "./kinds/cluster-information.ts";
export { IPPool } from "./kinds/ip-pool.ts";
export { GlobalNetworkSet, NetworkSet } from "./kinds/network-set.ts";
export { Tier } from "./kinds/tier.ts";
export { FelixConfiguration, felixDefaults } from "./kinds/felix-configuration.ts";
export { BlockAffinity, IPAMBlock, IPAMConfiguration, IPAMHandle } from "./kinds/ipam.ts";
export { HostEndpoint } from "./kinds/host-endpoint.ts";
export { IPReservation } from "./kinds/ip-reservation.ts";
export { EndpointSlice, SERVICE_NAME_LABEL } from "./kinds/kubernetes/endpoint-slice.ts";
export { ServiceAccount } from "./kinds/kubernetes/service-account.ts";
export { policyFaults, policySpecOf, convertedPolicy } from "./kinds/policy-spec.ts";
export type { PolicySpec } from "./kinds/policy-spec.ts";
export { Namespace } from "./kinds/namespace.ts";
export { Node } from "./kinds/node.ts";
export { PendingChange } from "./kinds/pending-change.ts";
export {
  DEFAULT_ALLOW_PROFILE,
  isNetworkProfile,
  Profile,
  profileOfNamespace,
  profileOfNetwork,
  profileOfServiceAccount,
} from "./kinds/profile.ts";
export { ClusterRole, ClusterRoleBinding, RBAC_GROUP, Role, RoleBinding } from "./kinds/kubernetes/rbac.ts";
export { StagedKubernetesNetworkPolicy } from "./kinds/staged-kubernetes-policy.ts";
export { WorkloadEndpoint } from "./kinds/workload-endpoint.ts";
export { derivedName } from "./derived-name.ts";
export * from "./kinds/workload-endpoint-name.ts";
export * from "./built-in.ts";
