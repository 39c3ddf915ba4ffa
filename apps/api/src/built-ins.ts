import { randomBytes } from "node:crypto";
import {
  builtInObjects,
  ClusterInformation,
  IPPool,
  namespaceObject,
  refOf,
  resourceDefinitions,
  StatusError,
  Tier,
} from "@percale/resources";
import type { KubeObject, SpecOf } from "@percale/resources";
import type { AuthoredChangeSet, Datastore } from "@percale/store";
import { missingRoles } from "./auth/rbac/missing-roles.ts";

const AUTHOR = "system:percale";

/** What every store holds: objects that are always there, and what earlier versions did not write. Another process may be doing the same. */
export async function ensureBuiltIns(store: Datastore, version: string): Promise<void> {
  await noteVersion(store, version);
  const clusterGUID = randomBytes(16).toString("hex");
  const wanted = [...builtInObjects({ clusterGUID, version }), ...(await impliedNamespaces(store))];
  const roles = await missingRoles(store);
  if (roles.length > 0) await write(store, { changes: roles, author: AUTHOR, reason: "built-in roles" });
  for (const object of wanted)
    if ((await store.get(refOf(object))) === undefined)
      await write(store, { changes: [{ op: "create", object }], author: AUTHOR, reason: "first start" });
  // A write that changes nothing gives an object of an older version its finalizer and condition, and is none otherwise.
  for (const kind of [IPPool.kind, Tier.kind])
    for (const object of (await store.list({ kind })).items)
      await write(store, { changes: [{ op: "update", object }], author: AUTHOR, reason: "new version" });
}

/** Clients of another version hold back. */
async function noteVersion(store: Datastore, version: string): Promise<void> {
  const stored = await store.get({ kind: ClusterInformation.kind, name: "default" });
  const spec = stored?.spec as SpecOf<typeof ClusterInformation> | undefined;
  if (stored === undefined || spec?.calicoVersion === version) return;
  const object = { ...stored, spec: { ...spec, calicoVersion: version } };
  await write(store, { changes: [{ op: "update", object }], author: AUTHOR, reason: "new version" });
}

async function impliedNamespaces(store: Datastore): Promise<KubeObject[]> {
  const kinds = resourceDefinitions.filter(({ namespaced }) => namespaced);
  const lists = await Promise.all(kinds.map(({ kind }) => store.list({ kind })));
  const names = lists.flatMap(({ items }) => items.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...new Set(names)].map((name) => namespaceObject(name));
}

async function write(store: Datastore, changeSet: AuthoredChangeSet): Promise<void> {
  try {
    await store.apply(changeSet);
  } catch (error) {
    const isDone = error instanceof StatusError && (error.reason === "AlreadyExists" || error.reason === "Conflict");
    if (!isDone) throw error;
  }
}
