import { DEFAULT_TIER, policySpecOf, policyTypes, refOf } from "@percale/resources";
import type { KubeObject, PolicyRule } from "@percale/resources";
import type { PolicyCardView } from "../trpc/views.ts";

/** A policy as it is shown among others, and what it is looked for in. */
export interface PolicyEntry {
  readonly card: Omit<PolicyCardView, "place" | "isFaded">;
  /** In small letters. */
  readonly searched: string;
}

const known = new WeakMap<KubeObject, PolicyEntry>();

export function policyEntry(object: KubeObject): PolicyEntry {
  let entry = known.get(object);
  if (entry === undefined) known.set(object, (entry = read(object)));
  return entry;
}

function read(object: KubeObject): PolicyEntry {
  const { kind, metadata } = object;
  const spec = policySpecOf(object);
  const types = policyTypes(spec);
  const [ingress, egress] = [types.includes("Ingress"), types.includes("Egress")];
  const rules = [...(ingress ? (spec.ingress ?? []) : []), ...(egress ? (spec.egress ?? []) : [])];
  const selector = spec.selector ?? "";
  const terms = Object.entries(metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    card: {
      ref: refOf(object),
      tier: tierOf(object),
      ...(typeof spec.order === "number" && { order: spec.order }),
      ingress,
      egress,
      rules: rules.length,
      ...(rules.length > 0 && rules.every(onlyPasses) && { onlyPasses: true }),
      ...((kind.startsWith("Kubernetes") || metadata.name.startsWith("knp.")) && { fromKubernetes: true }),
      selector,
      ...(metadata.creationTimestamp !== undefined && { createdAt: metadata.creationTimestamp }),
      ...(metadata.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
    },
    searched: [metadata.name, metadata.namespace ?? "", selector, ...terms].join("\n").toLowerCase(),
  };
}

/** The tier that a policy is in; absent means `default`. */
export function tierOf(policy: KubeObject): string {
  const { tier = "" } = policySpecOf(policy);
  return tier === "" ? DEFAULT_TIER : tier;
}

function onlyPasses({ action, metadata: _metadata, ...conditions }: Partial<PolicyRule>): boolean {
  return (
    action === "Pass" &&
    Object.values(conditions).every((value) => value === undefined || Object.keys(value as object).length === 0)
  );
}
