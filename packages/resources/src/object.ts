import type { ManagedFields } from "./managed-fields.ts";

/** The shape every stored object shares: Kubernetes' type and object metadata around a kind's own `spec` and `status`. */
export const API_GROUP = "projectcalico.org";
export const API_VERSION = "projectcalico.org/v3";

export interface GroupVersion {
  /** "" for Kubernetes' core. */
  readonly group: string;
  readonly version: string;
}

/** What a kind is called in its group. */
interface ServedKind extends GroupVersion {
  readonly kind: string;
}

/**
 * Kinds that are Kubernetes' own; served under its groups so that its manifests apply. Where Calico has a kind of that name, ours is the
 * one by which Calico's components know the other: no two kinds share a name behind the edge (`served.ts`).
 */
const KUBERNETES_KINDS: ReadonlyMap<string, ServedKind> = new Map([
  ["Namespace", { group: "", version: "v1", kind: "Namespace" }],
  ["Service", { group: "", version: "v1", kind: "Service" }],
  ["ServiceAccount", { group: "", version: "v1", kind: "ServiceAccount" }],
  ["EndpointSlice", { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice" }],
  ["KubernetesNetworkPolicy", { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" }],
  [
    "KubernetesClusterNetworkPolicy",
    { group: "policy.networking.k8s.io", version: "v1alpha2", kind: "ClusterNetworkPolicy" },
  ],
  ...["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].map(
    (kind) => [kind, { group: "rbac.authorization.k8s.io", version: "v1", kind }] as const,
  ),
]);

/** Kinds that Calico has nothing like. */
const PERCALE_KINDS: ReadonlySet<string> = new Set(["PendingChange"]);

function servedKind(kind: string): ServedKind {
  if (PERCALE_KINDS.has(kind)) return { group: "percale.io", version: "v1", kind };
  return KUBERNETES_KINDS.get(kind) ?? { group: API_GROUP, version: "v3", kind };
}

export function groupVersionOf(kind: string): GroupVersion {
  const { group, version } = servedKind(kind);
  return { group, version };
}

/** What the kind's group calls it: `KubernetesNetworkPolicy` is a `NetworkPolicy` of `networking.k8s.io`. */
export function servedKindOf(kind: string): string {
  return servedKind(kind).kind;
}

/** The kind that is called so in this API version; the name itself where there is none. */
export function kindServedAs(apiVersion: unknown, name: string): string {
  for (const [kind, served] of KUBERNETES_KINDS)
    if (served.kind === name && apiVersionOf(kind) === apiVersion) return kind;
  return name;
}

/** `v1`, `projectcalico.org/v3`. */
export function apiVersionOf(kind: string): string {
  const { group, version } = groupVersionOf(kind);
  return group === "" ? version : `${group}/${version}`;
}

/** On every namespaced endpoint and set, set by the system. */
export const NAMESPACE_LABEL = "projectcalico.org/namespace";
export const ORCHESTRATOR_LABEL = "projectcalico.org/orchestrator";
export const SERVICE_ACCOUNT_LABEL = "projectcalico.org/serviceaccount";
/** On every tiered policy, follows `spec.tier`. */
export const TIER_LABEL = "projectcalico.org/tier";

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  /** Set on namespaced kinds, absent on cluster kinds. */
  readonly namespace?: string;
  readonly uid?: string;
  /** Position in the store's revision log, as text. Opaque to everyone but the store. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds, UTC. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: ManagedFields;
}

/** An object of any kind; `S` is its spec, `T` its status. Objects are never mutated once stored. */
export interface KubeObject<S = unknown, T = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: S;
  readonly status?: T;
}

/** Names one object. `namespace` is absent for cluster kinds. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** `Kind/name` or `Kind/namespace/name`: unique in a store, sortable, safe as a map key (names hold no slash). */
export function formatRef({ kind, namespace, name }: ObjectRef): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? { kind: object.kind, name } : { kind: object.kind, namespace, name };
}
