import {
  ClusterRole,
  ClusterRoleBinding,
  formatRef,
  refOf,
  Role,
  RoleBinding,
  ServiceAccount,
} from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { PolicyRule } from "./rule.ts";

/** The kinds that give rights. */
export const RBAC_KINDS: readonly string[] = [Role.kind, ClusterRole.kind, RoleBinding.kind, ClusterRoleBinding.kind];

export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** A rule that somebody has, and through what. */
export interface HeldRule {
  readonly rule: PolicyRule;
  /** Where it counts; absent: everywhere. */
  readonly namespace?: string;
  readonly binding: KubeObject;
  readonly through: BindingSubject;
  readonly roleRef: RoleRef;
}

type RoleRef = RoleBinding["roleRef"];
type BindingSubject = NonNullable<RoleBinding["subjects"]>[number];

interface Bound {
  readonly binding: RoleBinding | ClusterRoleBinding;
  readonly through: BindingSubject;
}

/**
 * Roles and bindings at hand, by whom they are about. Fed with the store's objects in any order; a binding whose role is not there gives
 * nothing until it comes.
 */
export class RoleBook {
  readonly #roles = new Map<string, Role | ClusterRole>();
  readonly #bindings = new Map<string, RoleBinding | ClusterRoleBinding>();
  readonly #boundBySubject = new Map<string, Map<string, Bound>>();

  put(object: KubeObject): void {
    const key = formatRef(refOf(object));
    if (object.kind === Role.kind || object.kind === ClusterRole.kind)
      this.#roles.set(key, object as Role | ClusterRole); // its schema held it
    else {
      this.#unbind(key);
      const binding = object as RoleBinding | ClusterRoleBinding;
      this.#bindings.set(key, binding);
      for (const subject of binding.subjects ?? []) this.#bind(key, { binding, through: subject });
    }
  }

  remove(ref: ObjectRef): void {
    const key = formatRef(ref);
    this.#roles.delete(key);
    this.#unbind(key);
  }

  /** In no order. */
  rulesOf({ user, groups }: Subject): HeldRule[] {
    const keys = [`User ${user}`, ...groups.map((group) => `Group ${group}`)];
    const bound = keys.flatMap((key) => [...(this.#boundBySubject.get(key)?.values() ?? [])]);
    return bound.flatMap(({ binding, through }) => {
      const { namespace } = binding.metadata;
      return this.rulesOfRole(binding.roleRef, namespace).map((rule) => ({
        rule,
        ...(namespace !== undefined && { namespace }),
        binding,
        through,
        roleRef: binding.roleRef,
      }));
    });
  }

  /** `namespace`: of the binding. */
  rulesOfRole({ kind, name }: Pick<RoleRef, "kind" | "name">, namespace: string | undefined): readonly PolicyRule[] {
    const ref = kind === Role.kind && namespace !== undefined ? { kind, namespace, name } : { kind, name };
    return this.#roles.get(formatRef(ref))?.rules ?? [];
  }

  #bind(key: string, bound: Bound): void {
    const subject = subjectKey(bound.through);
    const known = this.#boundBySubject.get(subject);
    if (known === undefined) this.#boundBySubject.set(subject, new Map([[key, bound]]));
    else known.set(key, bound);
  }

  #unbind(key: string): void {
    for (const subject of this.#bindings.get(key)?.subjects ?? []) {
      const bound = this.#boundBySubject.get(subjectKey(subject));
      bound?.delete(key);
      if (bound?.size === 0) this.#boundBySubject.delete(subjectKey(subject));
    }
    this.#bindings.delete(key);
  }
}

function subjectKey({ kind, name, namespace = "" }: BindingSubject): string {
  return kind === ServiceAccount.kind ? `User system:serviceaccount:${namespace}:${name}` : `${kind} ${name}`;
}
