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
import { formatRule, uncovered } from "./rule.ts";
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

function roleFault(identity: Identity, object: KubeObject, old: KubeObject | undefined): string | undefined {
  const gives = given(object as ClusterRole); // a Role is one without an aggregation
  if (old !== undefined && isSameJson(gives, given(old as ClusterRole))) return undefined;
  return may(identity, "escalate", object) ? undefined : lacking(identity, gives, object.metadata.namespace);
}

function given({ rules = [], aggregationRule }: ClusterRole): readonly PolicyRule[] {
  return aggregationRule === undefined ? rules : EVERYTHING;
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

function lacking(identity: Identity, wanted: readonly PolicyRule[], namespace: string | undefined): string | undefined {
  const held = (identity.authorizer?.held(identity) ?? []).filter((one) => countsIn(one, namespace));
  const missing = uncovered(
    held.map(({ rule }) => rule),
    wanted,
  );
  if (missing.length === 0) return undefined;
  const told = missing.slice(0, MAX_TOLD).map(formatRule);
  const more = missing.length > MAX_TOLD ? ` and ${missing.length - MAX_TOLD} more` : "";
  return `user "${identity.user}" (groups=${JSON.stringify(identity.groups)}) is attempting to grant RBAC permissions not currently held: ${told.join(", ")}${more}`;
}
