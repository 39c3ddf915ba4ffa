import {
  ClusterRole,
  ClusterRoleBinding,
  formatRef,
  isSameJson,
  RBAC_GROUP,
  Role,
  RoleBinding,
} from "@percale/resources";
import type { KubeObject, Lookup } from "@percale/resources";
import type { CheckContext } from "@percale/store";
import { ADMIN_GROUP } from "../identity.ts";
import type { Identity } from "../identity.ts";
import { countsIn } from "./grants.ts";
import { coversWhole, formatRule, permissionsOf, uncovered } from "./rule.ts";
import type { PolicyRule } from "./rule.ts";

/** What somebody would have to have to say "the rules of whatever these labels will ever be on". */
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];
const MAX_TOLD = 10;

/**
 * Why somebody may not write this role or binding though roles let him write such objects: nobody gives rights that he lacks. Who may
 * `escalate` the role, or `bind` it, gives what he has not. Undefined for everything that gives no rights.
 * Source: kubernetes/kubernetes `pkg/registry/rbac/{clusterrole,clusterrolebinding}/policybased`.
 */
export function escalationFault(
  identity: Identity,
  { operation, object, old, lookup }: CheckContext,
): string | undefined {
  if (operation === "delete" || identity.groups.includes(ADMIN_GROUP)) return undefined;
  switch (object.kind) {
    case Role.kind:
    case ClusterRole.kind:
      return roleFault(identity, object, old);
    case RoleBinding.kind:
    case ClusterRoleBinding.kind:
      return bindingFault(identity, { binding: object, old, lookup });
    default:
      return undefined;
  }
}

/** As Kubernetes: whatever else of a role changes, all that it gives is judged again, as its labels may pass it on to other roles. */
function roleFault(identity: Identity, role: KubeObject, old: KubeObject | undefined): string | undefined {
  if (old !== undefined && isSameJson(givingPart(role), givingPart(old))) return undefined;
  if (may(identity, "escalate", role)) return undefined;
  const isAny = [role, old].some((one) => (one as ClusterRole | undefined)?.aggregationRule !== undefined); // a Role has none
  return lacking(identity, isAny ? EVERYTHING : ((role as Role).rules ?? []), role.metadata.namespace);
}

/** What says which rights a role gives, and to whom: a cluster role's labels put it into others. */
function givingPart(role: KubeObject): object {
  const { rules = [], aggregationRule } = role as ClusterRole; // or a Role, which has no aggregation
  const labels = role.kind === ClusterRole.kind ? role.metadata.labels : {};
  return { rules, aggregationRule: aggregationRule ?? null, labels: labels ?? {} };
}

interface Binding {
  readonly binding: KubeObject;
  readonly old: KubeObject | undefined;
  readonly lookup: Lookup;
}

function bindingFault(identity: Identity, { binding, old, lookup }: Binding): string | undefined {
  const { roleRef, subjects } = binding as RoleBinding;
  if (old !== undefined && isSameJson(subjects ?? [], (old as RoleBinding).subjects ?? [])) return undefined; // its role never changes
  const { namespace } = binding.metadata;
  const { kind, name } = roleRef;
  const ref = kind === Role.kind && namespace !== undefined ? { kind, namespace, name } : { kind, name };
  const role = lookup.get(ref);
  const named = { kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
  if (may(identity, "bind", named)) return undefined;
  if (role === undefined)
    return `${formatRef(ref)} does not exist, and only who may bind any role gives one that may come`;
  return lacking(identity, (role as Role).rules ?? [], namespace);
}

function may(identity: Identity, verb: string, { kind, metadata }: Pick<KubeObject, "kind" | "metadata">): boolean {
  const { name, namespace } = metadata;
  const resource = kind === Role.kind ? Role.plural : ClusterRole.plural;
  const scope = namespace === undefined ? {} : { namespace };
  return identity.authorizer?.decide(identity, { verb, group: RBAC_GROUP, resource, name, ...scope }).allowed === true;
}

/** More permissions than this, each a verb of a resource, are not told apart: a short text could name billions. */
const MAX_PERMISSIONS = 10_000;

function lacking(identity: Identity, wanted: readonly PolicyRule[], namespace: string | undefined): string | undefined {
  const held = (identity.authorizer?.held(identity) ?? []).filter((one) => countsIn(one, namespace));
  const rules = held.map(({ rule }) => rule);
  const left = wanted.filter((rule) => !rules.some((one) => coversWhole(one, rule)));
  const permissions = left.reduce((sum, rule) => sum + permissionsOf(rule), 0);
  if (permissions > MAX_PERMISSIONS)
    return `the rules name ${permissions} permissions: more than ${MAX_PERMISSIONS} are not compared with those that somebody holds`;
  const missing = uncovered(rules, left);
  if (missing.length === 0) return undefined;
  const told = missing.slice(0, MAX_TOLD).map(formatRule);
  const more = missing.length > MAX_TOLD ? ` and ${missing.length - MAX_TOLD} more` : "";
  return `user "${identity.user}" (groups=${JSON.stringify(identity.groups)}) is attempting to grant RBAC permissions not currently held: ${told.join(", ")}${more}`;
}
