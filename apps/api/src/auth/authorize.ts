import { definitionOf, StatusError } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { ADMIN_GROUP, EDITOR_GROUP, nodeOf, VIEWER_GROUP } from "./identity.ts";
import type { Identity } from "./identity.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
/** What is asked for besides objects: `sync` the stream, `lab` the lab's reports, `admin` tokens. */
export type Right = "read" | "write" | "sync" | "lab" | "admin";

const READ_VERBS: ReadonlySet<Verb> = new Set(["get", "list", "watch"]);
/** What an agent writes about itself and the addresses it hands out. */
const NODE_KINDS: ReadonlySet<string> = new Set([
  "Node",
  "WorkloadEndpoint",
  "IPAMBlock",
  "BlockAffinity",
  "IPAMHandle",
]);

/** Simple roles: administrators do all, editors write what people write, viewers read, a node reads all and writes its own. */
export function hasRight(identity: Identity, right: Right): boolean {
  const { groups } = identity;
  if (groups.includes(ADMIN_GROUP)) return true;
  if (right === "admin") return false;
  if (right === "read") return canRead(identity);
  if (right === "sync") return nodeOf(identity) !== undefined;
  return right === "write" && groups.includes(EDITOR_GROUP);
}

export function canRead(identity: Identity): boolean {
  const { groups } = identity;
  return (
    [ADMIN_GROUP, EDITOR_GROUP, VIEWER_GROUP].some((group) => groups.includes(group)) || nodeOf(identity) !== undefined
  );
}

/** May this be done to objects of the kind at all? A node's writes are judged again with the object: see `ownsObject`. */
export function isAllowed(identity: Identity, verb: Verb, kind: string): boolean {
  if (identity.groups.includes(ADMIN_GROUP)) return true;
  if (READ_VERBS.has(verb)) return canRead(identity);
  if (nodeOf(identity) !== undefined) return NODE_KINDS.has(kind) && verb !== "deletecollection";
  return identity.groups.includes(EDITOR_GROUP) && definitionOf(kind)?.internal !== true;
}

export function requireAllowed(
  identity: Identity,
  verb: Verb,
  { kind, namespace, name }: Partial<ObjectRef> & { kind: string },
): void {
  if (!isAllowed(identity, verb, kind))
    throw refusal(identity, verb, {
      kind,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    });
}

/** An agent writes its own Node and endpoints; blocks and handles are shared by all agents, their content is guarded by preconditions. */
export function ownsObject(
  identity: Identity,
  object: { readonly kind: string; readonly metadata: { readonly name: string }; readonly spec: unknown },
): boolean {
  const node = nodeOf(identity);
  if (node === undefined) return true;
  if (object.kind === "Node") return object.metadata.name === node;
  if (object.kind === "WorkloadEndpoint") return (object.spec as { node?: unknown } | undefined)?.node === node;
  return NODE_KINDS.has(object.kind);
}

export function refusal(
  identity: Identity,
  verb: string,
  { kind, namespace, name }: { kind: string; namespace?: string; name?: string },
): StatusError {
  const plural = definitionOf(kind)?.plural ?? kind.toLowerCase();
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const what = name === undefined ? `${plural}.projectcalico.org` : `${plural}.projectcalico.org "${name}"`;
  return new StatusError(
    "Forbidden",
    `${what} is forbidden: User "${identity.user}" cannot ${verb} resource "${plural}" in API group "projectcalico.org" ${where}`,
    { details: { group: "projectcalico.org", kind: plural, ...(name !== undefined && { name }) } },
  );
}
