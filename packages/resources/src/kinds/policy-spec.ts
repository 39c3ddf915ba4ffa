/** Any policy as the engine reads it: Kubernetes' own are converted, once for each object. */
import type { StatedSpecOf } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { KubernetesClusterNetworkPolicy } from "./kubernetes/cluster-network-policy.ts";
import type { ClusterPolicySpec } from "./kubernetes/cluster-network-policy.ts";
import { convertClusterNetworkPolicy, convertedObject, convertNetworkPolicy } from "./kubernetes/convert.ts";
import type { Converted } from "./kubernetes/convert.ts";
import { KubernetesNetworkPolicy } from "./kubernetes/network-policy.ts";
import type { AnyKubernetesPolicySpec } from "./kubernetes/network-policy.ts";
import type { GlobalNetworkPolicy } from "./network-policy.ts";
import { StagedKubernetesNetworkPolicy } from "./staged-kubernetes-policy.ts";

/** Fields of every policy: those of the widest kind. What has a default may be absent. */
export type PolicySpec = StatedSpecOf<typeof GlobalNetworkPolicy>;

const namespaced = (spec: unknown): Converted => convertNetworkPolicy(spec as AnyKubernetesPolicySpec); // as the kind's schema has it
const CONVERSIONS: ReadonlyMap<string, (spec: unknown) => Converted> = new Map([
  [KubernetesNetworkPolicy.kind, namespaced],
  [StagedKubernetesNetworkPolicy.kind, namespaced],
  [KubernetesClusterNetworkPolicy.kind, (spec: unknown) => convertClusterNetworkPolicy(spec as ClusterPolicySpec)],
]);

const convertedBySpec = new WeakMap<object, Converted>();

function convertedOf({ kind, spec }: KubeObject): Converted | undefined {
  const convert = CONVERSIONS.get(kind);
  if (convert === undefined || typeof spec !== "object" || spec === null) return undefined;
  let converted = convertedBySpec.get(spec);
  if (converted === undefined) convertedBySpec.set(spec, (converted = convert(spec)));
  return converted;
}

/** The same object for the same spec. May throw a TypeError for a spec that no check has seen. */
export function policySpecOf(object: KubeObject): PolicySpec {
  return convertedOf(object)?.spec ?? (object.spec as PolicySpec); // asked of policies only
}

/** The policy with such a spec, under a UID of its own if it was converted. */
export function convertedPolicy(object: KubeObject): KubeObject {
  const converted = convertedOf(object);
  return converted === undefined ? object : convertedObject(object, converted.spec);
}

/** Rules that could not be said as the engine's, each with its field. */
export function policyFaults(object: KubeObject): readonly string[] {
  return convertedOf(object)?.faults ?? [];
}
