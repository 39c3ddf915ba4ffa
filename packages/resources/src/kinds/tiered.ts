/** What every reader of tiered policies goes by; no more than that, so that a browser has it without the checks. */
export const DEFAULT_TIER = "default";

/** Where Kubernetes' own policies stand: cluster-wide ones in the tier of theirs at their priority, others together in `default`. */
export function kubernetesPlace({
  tier,
  priority,
}: {
  readonly tier?: string | undefined;
  readonly priority?: number | undefined;
}): { readonly tier: string; readonly order: number } {
  if (tier === undefined) return { tier: DEFAULT_TIER, order: 1000 };
  return { tier: tier === "Admin" ? "kube-admin" : "kube-baseline", order: priority ?? Infinity };
}

type PolicyType = "Ingress" | "Egress";

/** The directions that a policy governs: those that it names, else those that it has rules of, else ingress. */
export function policyTypes(spec: {
  readonly types?: readonly PolicyType[] | undefined;
  readonly ingress?: readonly unknown[] | undefined;
  readonly egress?: readonly unknown[] | undefined;
}): readonly PolicyType[] {
  if (spec.types !== undefined && spec.types.length > 0) return spec.types;
  const hasIngress = (spec.ingress?.length ?? 0) > 0;
  const hasEgress = (spec.egress?.length ?? 0) > 0;
  return hasEgress ? (hasIngress ? ["Ingress", "Egress"] : ["Egress"]) : ["Ingress"];
}
