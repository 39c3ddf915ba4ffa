import type { KubeObject } from "@percale/resources/catalog";

/** Who writes an object besides people, as its badge says it; whatever people change that one may write over. */
export interface Manager {
  readonly title: string;
  readonly why: string;
}

const HELM = "app.kubernetes.io/managed-by";

/** Sources: the labels and annotations that Argo CD, Flux and Helm document. */
export function managerOf({ metadata, spec }: Pick<KubeObject, "metadata" | "spec">): Manager | undefined {
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const overwrites = (who: string) => `${who} writes it: what is changed here is written over at its next pass`;
  if (
    annotations["argocd.argoproj.io/tracking-id"] !== undefined ||
    labels["argocd.argoproj.io/instance"] !== undefined
  )
    return { title: "Managed by Argo CD", why: overwrites("Argo CD") };
  if (["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"].some((key) => labels[key] !== undefined))
    return { title: "Managed by Flux", why: overwrites("Flux") };
  if (labels[HELM] === "Helm") return { title: "Managed by Helm", why: overwrites("Helm") };
  if ((spec as { readonly tier?: string } | undefined)?.tier === "calico-system" || ownerReferences.length > 0)
    return { title: "System", why: "It belongs to a part of the system, which keeps it as it is" };
  return undefined;
}
