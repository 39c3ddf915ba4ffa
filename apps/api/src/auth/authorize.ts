import { definitionOf, forbidden, groupVersionOf, refOf, StatusError, unauthorized } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { CheckContext } from "@percale/store";
import { ADMIN_GROUP, EDITOR_GROUP, MONITORING_GROUP, nodeOf, NODES_GROUP, VIEWER_GROUP } from "./identity.ts";
import type { Identity } from "./identity.ts";
import { nodeFault, nodeMay } from "./node-rights.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
/** What is asked for besides objects: `sync` the stream, `lab` the lab's reports, `admin` tokens, `impersonate` another's name. */
export type Right = "read" | "write" | "metrics" | "sync" | "lab" | "admin" | "impersonate";

/** Who has each, besides administrators. */
const GROUPS_BY_RIGHT: Readonly<Record<Right, readonly string[]>> = {
  read: [VIEWER_GROUP, EDITOR_GROUP],
  write: [EDITOR_GROUP],
  metrics: [MONITORING_GROUP, VIEWER_GROUP, EDITOR_GROUP],
  sync: [NODES_GROUP],
  lab: [],
  admin: [],
  impersonate: [],
};

const READ_VERBS: ReadonlySet<string> = new Set(["get", "list", "watch"]);

/** Simple roles: administrators do all, editors write what people write, viewers read, a node follows the stream and keeps its own. */
export function hasRight(identity: Identity, right: Right): boolean {
  const { groups } = identity;
  if (groups.includes(ADMIN_GROUP)) return true;
  if (right === "sync") return nodeOf(identity) !== undefined;
  return GROUPS_BY_RIGHT[right].some((group) => groups.includes(group));
}

/** Throws 401 for nobody; 403 for somebody who may not, with what would give the right. */
export function requireRight(identity: Identity, right: Right): void {
  if (identity.method === "anonymous") throw unauthorized(NO_CREDENTIALS);
  if (hasRight(identity, right)) return;
  throw new StatusError("Forbidden", `User "${identity.user}" has no right to ${right}: ${remedyFor(right)}`);
}

/** How to come by a right. */
export function remedyFor(right: Right): string {
  const groups = [...GROUPS_BY_RIGHT[right], ADMIN_GROUP].join(" or ");
  const subject = right === "sync" ? "subject system:node:<name> and " : "";
  return `ask an administrator for a token with ${subject}group ${groups}`;
}

const NO_CREDENTIALS = "no credentials were sent: use a client certificate, a bearer token or sign in";

/** May this be done to objects of the kind at all? A node's writes are judged again with the object. */
export function isAllowed(identity: Identity, verb: Verb, kind: string): boolean {
  if (identity.groups.includes(ADMIN_GROUP)) return true;
  if (nodeOf(identity) !== undefined && nodeMay(verb, kind)) return true;
  if (READ_VERBS.has(verb)) return hasRight(identity, "read");
  return identity.groups.includes(EDITOR_GROUP) && definitionOf(kind)?.internal !== true;
}

/** Throws 401 for nobody, 403 for somebody who may not. */
export function authorize(identity: Identity, verb: Verb, ref: ObjectRef): void {
  if (identity.method === "anonymous") throw unauthorized(NO_CREDENTIALS);
  if (!isAllowed(identity, verb, ref.kind)) throw refusal(identity, verb, ref);
}

/** What a node may not change, asked inside the commit: of the object as it is and as it will be. */
export function refusalOf(identity: Identity, context: CheckContext): StatusError | undefined {
  const node = nodeOf(identity);
  // Who has the right by another group needs no node's.
  if (node === undefined || isAllowed({ ...identity, user: "" }, context.operation, context.object.kind))
    return undefined;
  const fault = nodeFault(node, context);
  return fault === undefined ? undefined : refusal(identity, context.operation, refOf(context.object), fault);
}

function refusal(identity: Identity, verb: string, ref: ObjectRef, why?: string): StatusError {
  const { kind, namespace } = ref;
  const plural = definitionOf(kind)?.servedPlural ?? kind;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const remedy = READ_VERBS.has(verb) ? "read" : definitionOf(kind)?.internal === true ? "sync" : "write";
  return forbidden(
    ref,
    `User "${identity.user}" cannot ${verb} resource "${plural}" in API group "${groupVersionOf(kind).group}" ${where}: ${why ?? remedyFor(remedy)}`,
  );
}
