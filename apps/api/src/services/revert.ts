import type { Change } from "@percale/protocol";
import { conflict, definitionOf, PendingChange } from "@percale/resources";
import type { Activity, Datastore } from "@percale/store";
import { changeSetAt, oncePerObject } from "./change-log.ts";
import type { NetChange } from "./change-log.ts";

/** What writes back all that was before the change set of this revision. Throws 400 if the log does not have it. */
export async function changesBack(store: Datastore, revision: number): Promise<readonly Change[]> {
  return undoing(store, await changeSetAt(store, revision));
}

/** `precondition`: refuses with 409 unless this is still the newest version of each object, or is what the set left. */
export async function undoing(
  store: Datastore,
  set: readonly Activity[],
  precondition?: string,
): Promise<readonly Change[]> {
  const own = set.filter((activity) => isReverted(activity, set));
  const changes = await Promise.all(oncePerObject(own).map((one) => inverse(store, one, precondition)));
  return changes.flat();
}

/** IPAM's books follow the workloads, and a namespace that a change implied may hold more by now: neither is turned back. */
function isReverted({ ref, op }: Activity, set: readonly Activity[]): boolean {
  if (definitionOf(ref.kind)?.traits.bookkeeping === true) return false;
  const isImplied = (kind: string): boolean => definitionOf(kind)?.traits.implied === true;
  const isOwn = (kind: string): boolean => !isImplied(kind) && kind !== PendingChange.kind;
  return !(op === "ADDED" && isImplied(ref.kind) && set.some((other) => isOwn(other.ref.kind)));
}

async function inverse(
  store: Datastore,
  { op, ref, object, previous, isGone }: NetChange,
  precondition: string | undefined,
): Promise<Change[]> {
  const current = await store.get(ref);
  const found = current?.metadata.resourceVersion;
  const left = isGone ? undefined : object.metadata.resourceVersion;
  if (precondition !== undefined && found !== precondition && found !== left)
    throw conflict(ref, `it was changed after the revision to revert: its resourceVersion is ${found ?? "gone"}`);
  if (op === "ADDED")
    return current === undefined
      ? []
      : [{ op: "delete", ref, ...(current.metadata.uid !== undefined && { uid: current.metadata.uid }) }];
  const before = previous ?? object;
  const { uid: _, resourceVersion: __, deletionTimestamp: ___, ...metadata } = before.metadata;
  if (current === undefined) return [{ op: "create", object: { ...before, metadata } }];
  const { uid, resourceVersion } = current.metadata;
  const version = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
  return [{ op: "update", object: { ...before, metadata: { ...metadata, ...version } } }];
}
