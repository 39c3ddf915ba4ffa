import type { ObjectRef } from "@percale/resources";
import { GlobalNetworkPolicy, NetworkPolicy } from "@percale/resources/catalog";
import type { Access } from "../rest/client.ts";
import { resolveKind } from "../rest/kinds.ts";

/** `name` of a global policy, `namespace/name` of one in a namespace, or `KIND/…` of any other kind of policy. */
export async function policyRef(access: () => Promise<Access>, text: string): Promise<ObjectRef> {
  const [first = "", second, ...rest] = text.split("/");
  if (second === undefined) return { kind: GlobalNetworkPolicy.kind, name: first };
  if (rest.length === 0) return { kind: NetworkPolicy.kind, namespace: first, name: second };
  const { kind } = await resolveKind(access, first);
  return { kind, namespace: second, name: rest.join("/") };
}
