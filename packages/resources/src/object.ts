/** The shape every stored object shares: Kubernetes' type and object metadata around a kind's own `spec` and `status`. */
export const API_GROUP = "projectcalico.org";
export const API_VERSION = "projectcalico.org/v3";

export interface GroupVersion {
  /** "" for Kubernetes' core. */
  readonly group: string;
  readonly version: string;
}

const OURS: GroupVersion = { group: API_GROUP, version: "v3" };
/** Kinds that are Kubernetes' own; served under its groups so that its manifests apply. */
const KUBERNETES_KINDS: ReadonlyMap<string, GroupVersion> = new Map([["Namespace", { group: "", version: "v1" }]]);

export function groupVersionOf(kind: string): GroupVersion {
  return KUBERNETES_KINDS.get(kind) ?? OURS;
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
  readonly managedFields?: readonly unknown[];
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
