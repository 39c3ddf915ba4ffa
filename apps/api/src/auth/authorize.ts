import { definitionOf, forbidden, refOf, resourceDefinitions, StatusError, unauthorized } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { CheckContext } from "@percale/store";
import type { Attributes, Decision, PolicyRule, ResourceAttributes } from "./authorizer.ts";
import { countsIn } from "./rbac/grants.ts";
import { escalationFault } from "./rbac/escalation.ts";
import { has } from "./rbac/rule.ts";
import { ADMIN_GROUP, EDITOR_GROUP, MONITORING_GROUP, nodeOf, NODES_GROUP, VIEWER_GROUP } from "./identity.ts";
import type { Identity } from "./identity.ts";
import { seesPolicy } from "./sight.ts";
import { nodeFault, nodeMay, nodeReadFault, VERBS_BY_KIND } from "./node-rights.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
/**
 * What is asked for besides objects: `read` the network's state and questions about it, `write` any object at all, `sync` the stream,
 * `lab` the lab's reports, `admin` tokens, `look` anything at all, `policy` all that decides about packets.
 */
export type Right = "read" | "write" | "metrics" | "sync" | "lab" | "admin" | "look" | "policy";

/** The resource that stands for each in a role; the others are asked of all rules or of the name. */
export const ATTRIBUTES_BY_RIGHT = {
  read: { verb: "get", group: "percale.io", resource: "network" },
  metrics: { verb: "get", path: "/metrics" },
  lab: { verb: "create", group: "percale.io", resource: "labreports" },
  admin: { verb: "create", group: "access.percale.io", resource: "tokens" },
} as const satisfies Partial<Record<Right, Attributes>>;

/** The built-in groups that have each, besides administrators: what somebody without it may ask for. */
const GROUPS_BY_RIGHT: Readonly<Record<Right, readonly string[]>> = {
  read: [VIEWER_GROUP, EDITOR_GROUP],
  write: [EDITOR_GROUP],
  metrics: [MONITORING_GROUP, VIEWER_GROUP, EDITOR_GROUP],
  sync: [NODES_GROUP],
  lab: [],
  admin: [],
  look: [VIEWER_GROUP, EDITOR_GROUP],
  policy: [VIEWER_GROUP, EDITOR_GROUP],
};

const READ_VERBS: ReadonlySet<string> = new Set(["get", "list", "watch"]);
const WRITE_VERBS: readonly string[] = ["create", "update", "patch", "delete", "deletecollection"];
const NOBODY: Decision = { allowed: false, reason: "" };

/** What administrators and nodes may by their names, everybody else by roles. */
export function decide(identity: Identity, asked: Attributes): Decision {
  const { groups, authorizer } = identity;
  if (groups.includes(ADMIN_GROUP)) return { allowed: true, reason: `the group ${ADMIN_GROUP} may do everything` };
  const node = nodeOf(identity);
  if (node !== undefined && "resource" in asked && nodeMay(asked.verb, kindOf(asked)))
    return { allowed: true, reason: `node ${node} may do it to what is its own` };
  return authorizer?.decide(identity, asked) ?? NOBODY;
}

const NODE_RULES: readonly PolicyRule[] = [...VERBS_BY_KIND].map(([kind, verbs]) => {
  const { group, servedPlural: plural } = definitionOf(kind)!; // the table names kinds of ours
  return { verbs, apiGroups: [group], resources: [plural] };
});

const kindByResource = new Map(
  resourceDefinitions.map(({ kind, group, servedPlural }) => [`${group}/${servedPlural}`, kind]),
);

function kindOf({ group, resource }: ResourceAttributes): string | undefined {
  return kindByResource.get(`${group}/${resource}`);
}

export function hasRight(identity: Identity, right: Right): boolean {
  const { groups, authorizer } = identity;
  if (groups.includes(ADMIN_GROUP)) return true;
  switch (right) {
    case "sync":
      return nodeOf(identity) !== undefined;
    case "write":
      return authorizer?.held(identity).some(({ rule }) => isAboutKinds(rule, WRITE_VERBS)) === true;
    case "look":
      return authorizer?.held(identity).some(({ rule }) => isAboutKinds(rule, ["get", "list"])) === true;
    case "policy":
      return decide(identity, ATTRIBUTES_BY_RIGHT.read).allowed && seesPolicy(identity);
    case "read":
    case "metrics":
    case "lab":
    case "admin":
      return decide(identity, ATTRIBUTES_BY_RIGHT[right]).allowed;
  }
}

/** Whether the rule allows any of the verbs on objects of ours. */
function isAboutKinds(rule: PolicyRule, verbs: readonly string[]): boolean {
  return (
    verbs.some((verb) => has(rule.verbs, verb)) && resourceDefinitions.some(({ group }) => has(rule.apiGroups, group))
  );
}

/** Throws 401 for nobody; 403 for somebody who may not, with what would give the right. */
export function requireRight(identity: Identity, right: Right): void {
  if (identity.method === "anonymous") throw unauthorized(NO_CREDENTIALS);
  if (hasRight(identity, right)) return;
  throw new StatusError("Forbidden", `User "${identity.user}" has no right to ${right}: ${remedyFor(right)}`);
}

/** Throws 403 for somebody who may not, in Kubernetes' words. */
export function requireAllowed(identity: Identity, asked: ResourceAttributes): void {
  if (decide(identity, asked).allowed) return;
  const { verb, group, resource, namespace } = asked;
  throw new StatusError(
    "Forbidden",
    `${resource}.${group} is forbidden: User "${identity.user}" cannot ${verb} resource "${resource}" in API group "${group}" ${whereOf(namespace)}`,
    { details: { group, kind: resource } },
  );
}

/** Throws 403 for who neither is that one nor may act as him: nobody gives a name or a group that he has not. */
export function requireAs(
  identity: Identity,
  { subject, groups }: { readonly subject: string; readonly groups: readonly string[] },
): void {
  const impersonate = { verb: "impersonate", group: "" } as const;
  if (subject !== identity.user) requireAllowed(identity, { ...impersonate, resource: "users", name: subject });
  for (const name of groups)
    if (!identity.groups.includes(name)) requireAllowed(identity, { ...impersonate, resource: "groups", name });
}

/** Everything that somebody may do there; absent: in the whole cluster. */
export function rulesOf(identity: Identity, namespace?: string): readonly PolicyRule[] {
  const own = nodeOf(identity) === undefined ? [] : NODE_RULES;
  const held = (identity.authorizer?.held(identity) ?? []).filter((one) => countsIn(one, namespace));
  return [...own, ...held.map(({ rule }) => rule)];
}

/** What stands in roles for things that are no objects here. */
const VIRTUAL: ReadonlySet<string> = new Set([
  "/users",
  "/groups",
  "/serviceaccounts",
  "authentication.k8s.io/uids",
  "authentication.k8s.io/userextras",
  "percale.io/network",
  "percale.io/labreports",
  "access.percale.io/tokens",
  "access.percale.io/certificates",
  "access.percale.io/auditevents",
]);

/** Whether there is anything here that a question can be about. */
export function isServed(asked: Attributes): boolean {
  if ("path" in asked || asked.resource === "*") return true;
  const resource = asked.resource.replace(/^tier\./, "");
  return kindByResource.has(`${asked.group}/${resource}`) || VIRTUAL.has(`${asked.group}/${resource}`);
}

/** How to come by a right. */
export function remedyFor(right: Right): string {
  const groups = [...GROUPS_BY_RIGHT[right], ADMIN_GROUP].join(" or ");
  const subject = right === "sync" ? "subject system:node:<name> and " : "";
  return `ask an administrator for a token with ${subject}group ${groups}`;
}

const NO_CREDENTIALS = "no credentials were sent: use a client certificate, a bearer token or sign in";

/** What a request about an object asks for, in the words of roles. */
export function attributesOf(verb: string, { kind, namespace, name }: ObjectRef, subresource?: string): Attributes {
  const definition = definitionOf(kind);
  return {
    verb,
    group: definition?.group ?? "",
    resource: definition?.servedPlural ?? kind,
    ...(subresource !== undefined && { subresource }),
    ...(namespace !== undefined && { namespace }),
    ...(name !== "" && { name }),
  };
}

/** Throws 401 for nobody, 403 for somebody who may not. A node's writes are judged again with the object. */
export function authorize(identity: Identity, verb: Verb, ref: ObjectRef, subresource?: "status"): void {
  if (identity.method === "anonymous") throw unauthorized(NO_CREDENTIALS);
  if (!decide(identity, attributesOf(verb, ref, subresource)).allowed) throw refusal(identity, verb, ref);
}

/** What may not be changed so, asked inside the commit: of the object as it is and as it will be. */
export function refusalOf(identity: Identity, context: CheckContext): StatusError | undefined {
  const { operation, object } = context;
  const fault = escalationFault(identity, context) ?? ownFault(identity, context);
  return fault === undefined ? undefined : refusal(identity, operation, refOf(object), fault);
}

function ownFault(identity: Identity, context: CheckContext): string | undefined {
  const { operation, object, subresource } = context;
  const node = onlyNode(identity, attributesOf(operation, refOf(object), subresource));
  return node === undefined ? undefined : nodeFault(node, context);
}

/** Why a node may not see this object of a kind that it reads; undefined if it may, and for everybody else. */
export function nodeReadRefusal(identity: Identity, verb: Verb, object: KubeObject): StatusError | undefined {
  const ref = refOf(object);
  const node = onlyNode(identity, attributesOf(verb, ref));
  const fault = node === undefined ? undefined : nodeReadFault(node, object);
  return fault === undefined ? undefined : refusal(identity, verb, ref, fault);
}

/** The node by whose name alone somebody has the right: who has it by another group too needs no node's. */
function onlyNode(identity: Identity, asked: Attributes): string | undefined {
  const node = nodeOf(identity);
  return node === undefined || decide({ ...identity, user: "" }, asked).allowed ? undefined : node;
}

function refusal(identity: Identity, verb: string, ref: ObjectRef, why?: string): StatusError {
  const { kind, namespace } = ref;
  const { servedPlural: plural = kind, group = "", internal = false } = definitionOf(kind) ?? {};
  const remedy = READ_VERBS.has(verb) ? "read" : internal ? "sync" : "write";
  return forbidden(
    ref,
    `User "${identity.user}" cannot ${verb} resource "${plural}" in API group "${group}" ${whereOf(namespace)}: ${why ?? remedyFor(remedy)}`,
  );
}

function whereOf(namespace: string | undefined): string {
  return namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
}
