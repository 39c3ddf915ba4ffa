import type { Change } from "@percale/protocol";
import { API_GROUP, definitionOf, forbidden, unauthorized } from "@percale/resources";
import type { KubeObject, ObjectRef, StatusError } from "@percale/resources";
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
/** Profiles of namespaces and service accounts, which an ADD into a new namespace brings along. */
const ATTACHMENT_PROFILE = /^k(ns|sa)\./;

/** Simple roles: administrators do all, editors write what people write, viewers read, a node reads all and writes its own. */
export function hasRight(identity: Identity, right: Right): boolean {
  const { groups } = identity;
  if (groups.includes(ADMIN_GROUP)) return true;
  if (right === "admin") return false;
  if (right === "read") return canRead(identity);
  if (right === "sync") return nodeOf(identity) !== undefined;
  return right === "write" && groups.includes(EDITOR_GROUP);
}

function canRead(identity: Identity): boolean {
  const { groups } = identity;
  return (
    [ADMIN_GROUP, EDITOR_GROUP, VIEWER_GROUP].some((group) => groups.includes(group)) || nodeOf(identity) !== undefined
  );
}

/** May this be done to objects of the kind at all? A node's writes are judged again with the object. */
export function isAllowed(identity: Identity, verb: Verb, kind: string): boolean {
  if (identity.groups.includes(ADMIN_GROUP)) return true;
  if (READ_VERBS.has(verb)) return canRead(identity);
  if (nodeOf(identity) !== undefined)
    return kind === "Profile" ? verb === "create" : NODE_KINDS.has(kind) && verb !== "deletecollection";
  return identity.groups.includes(EDITOR_GROUP) && definitionOf(kind)?.internal !== true;
}

/** Throws 401 for nobody, 403 for somebody who may not. */
export function authorize(identity: Identity, verb: Verb, ref: ObjectRef): void {
  if (identity.method === "anonymous")
    throw unauthorized("no credentials were sent: use a client certificate, a bearer token or sign in");
  if (!isAllowed(identity, verb, ref.kind)) throw refusal(identity, verb, ref);
}

/** Each change of a set by its own verb; a node only what is its own. */
export function authorizeChanges(identity: Identity, changes: readonly Change[]): void {
  for (const change of changes) {
    const ref = change.op === "delete" ? change.ref : claimedRef(change.object);
    authorize(identity, change.op, ref);
    const claimed = change.op === "delete" ? undefined : change.object.spec;
    if (!ownsObject(identity, ref, claimed)) throw refusal(identity, change.op, ref, notOwn(ref));
  }
}

/** The same question about the stored object, asked inside the commit: a body can claim what it likes. */
export function ownsStored(identity: Identity, object: KubeObject): boolean {
  return ownsObject(identity, claimedRef(object), object.spec);
}

/** An agent writes its own Node and endpoints and makes the profiles of those; blocks and handles are shared by all agents, preconditions guard their content. */
function ownsObject(identity: Identity, { kind, name }: ObjectRef, spec: unknown): boolean {
  const node = nodeOf(identity);
  if (node === undefined || identity.groups.includes(ADMIN_GROUP)) return true;
  if (kind === "Node") return name === node;
  if (kind === "Profile") return ATTACHMENT_PROFILE.test(name);
  return kind !== "WorkloadEndpoint" || spec === undefined || claimedNode(spec) === node;
}

function notOwn({ kind }: ObjectRef): string {
  return kind === "Profile" ? "a node makes only profiles called kns.* and ksa.*" : "it belongs to another node";
}

function claimedNode(spec: unknown): unknown {
  return typeof spec === "object" && spec !== null && "node" in spec ? spec.node : undefined;
}

/** What a body not checked yet says it is. */
function claimedRef({ kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = (metadata ?? {}) as Partial<KubeObject["metadata"]>;
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

function refusal(identity: Identity, verb: string, ref: ObjectRef, why?: string): StatusError {
  const { kind, namespace } = ref;
  const plural = definitionOf(kind)?.plural ?? kind;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return forbidden(
    ref,
    `User "${identity.user}" cannot ${verb} resource "${plural}" in API group "${API_GROUP}" ${where}${why === undefined ? "" : `: ${why}`}`,
  );
}
