import type { Change } from "@percale/protocol";
import { ClusterRole, refOf } from "@percale/resources";
import type { ClusterRoleBinding, KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { builtInRoles } from "./built-in-roles.ts";
import { uncovered } from "./rule.ts";

const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

/**
 * What the store lacks of the built-in roles: objects, and of those that are there rules and subjects. More that somebody gave them is
 * left, and one that is marked as no longer ours is left alone. Source: kubernetes/kubernetes `pkg/registry/rbac/reconciliation`.
 */
export async function missingRoles(store: Datastore): Promise<Change[]> {
  const changes: Change[] = [];
  for (const wanted of builtInRoles()) {
    const stored = await store.get(refOf(wanted));
    if (stored === undefined) changes.push({ op: "create", object: wanted });
    else if (stored.metadata.annotations?.[AUTOUPDATE] !== "false") {
      const object = completed(stored, wanted);
      if (object !== undefined) changes.push({ op: "update", object });
    }
  }
  return changes;
}

function completed(stored: KubeObject, wanted: KubeObject): KubeObject | undefined {
  if (stored.kind === ClusterRole.kind) {
    const [role, { rules: all = [] }] = [stored as ClusterRole, wanted as ClusterRole];
    const rules = role.aggregationRule === undefined ? uncovered(role.rules ?? [], all) : [];
    return rules.length === 0 ? undefined : ({ ...role, rules: [...(role.rules ?? []), ...rules] } as KubeObject);
  }
  const [binding, { subjects: all = [] }] = [stored as ClusterRoleBinding, wanted as ClusterRoleBinding];
  const subjects = all.filter(({ name }) => !(binding.subjects ?? []).some((one) => one.name === name));
  return subjects.length === 0
    ? undefined
    : ({ ...binding, subjects: [...(binding.subjects ?? []), ...subjects] } as KubeObject);
}
