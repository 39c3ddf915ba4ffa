import type { Hello, RejectCode } from "@percale/protocol";
import type { Reach } from "@percale/sync";
import { hasRight, remedyFor } from "../auth/authorize.ts";
import { ADMIN_GROUP, nodeOf } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";

/** Why somebody may not have the stream that he asks for. */
export function syncRefusal(
  identity: Identity,
  { node }: Hello,
): { readonly code: RejectCode; readonly text: string } | undefined {
  if (!hasRight(identity, "sync"))
    return { code: "auth", text: `${identity.user} has no right to sync: ${remedyFor("sync")}` };
  if (!identity.groups.includes(ADMIN_GROUP) && nodeOf(identity) !== node)
    return { code: "auth", text: `${identity.user} may not speak for node ${node}` };
  return undefined;
}

/** A node's credential shows what its agent reads; administrators see all there is. */
export function reachOf({ groups }: Identity): Reach {
  return groups.includes(ADMIN_GROUP) ? "cluster" : "node";
}
