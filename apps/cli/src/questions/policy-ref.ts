import type { ObjectRef } from "@percale/resources";
import { GlobalNetworkPolicy, NetworkPolicy } from "@percale/resources/catalog";
import type { Access } from "../rest/client.ts";
import { lookUp, ownKinds, resolveKind } from "../rest/kinds.ts";

/** What Calico puts before the name of a NetworkPolicy of Kubernetes' own. */
export const KUBERNETES_PREFIX = "knp.default.";

/** Kubernetes' own NetworkPolicy, which is called as Calico's is. */
export function isKubernetesPolicy(kind: string): boolean {
  return kind === KUBERNETES_POLICY;
}

const KUBERNETES_POLICY = ownKinds.find(
  ({ kind, served }) => served.kind === NetworkPolicy.kind && kind !== NetworkPolicy.kind,
)?.kind;

/**
 * `name` of a global policy, `namespace/name` of one in a namespace (`knp.default.…` of Kubernetes' own); of any other kind of policy
 * `KIND/name` or `KIND/namespace/name`.
 */
export async function policyRef(access: () => Promise<Access>, text: string): Promise<ObjectRef> {
  const [first = "", second, ...rest] = text.split("/");
  if (second === undefined) return { kind: GlobalNetworkPolicy.kind, name: first };
  const kind = rest.length === 0 ? lookUp(ownKinds, first) : undefined;
  if (kind?.namespaced === false) return { kind: kind.kind, name: second };
  if (rest.length > 0)
    return { kind: (await resolveKind(access, first)).kind, namespace: second, name: rest.join("/") };
  if (KUBERNETES_POLICY !== undefined && second.startsWith(KUBERNETES_PREFIX))
    return { kind: KUBERNETES_POLICY, namespace: first, name: second.slice(KUBERNETES_PREFIX.length) };
  return { kind: NetworkPolicy.kind, namespace: first, name: second };
}
