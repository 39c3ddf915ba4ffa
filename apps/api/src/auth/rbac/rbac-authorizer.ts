import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Authorizer, Decision } from "../authorizer.ts";
import { ADMIN_GROUP } from "../identity.ts";
import { Grants } from "./grants.ts";
import { RoleBook } from "./role-book.ts";
import type { HeldRule, Subject } from "./role-book.ts";
import type { Attributes, PolicyRule } from "./rule.ts";

const SUBJECTS = 10_000;
const EVERYTHING = [
  { rule: { verbs: ["*"], apiGroups: ["*"], resources: ["*"] } },
  { rule: { verbs: ["*"], nonResourceURLs: ["*"] } },
];
const NOTHING: Decision = { allowed: false, reason: "" };
const IS_ADMIN: Decision = { allowed: true, reason: `the group ${ADMIN_GROUP} may do everything` };

/**
 * Rights by roles and bindings. Administrators need none: no change of roles can lock them out. What somebody was given is gathered once
 * and kept until any role or binding changes, which is rare; a question after that is some 0.3 µs.
 */
export class RbacAuthorizer implements Authorizer {
  #book = new RoleBook();
  #grantsBySubject = new Map<string, Grants<HeldRule>>();
  /** The same for who asks again as the very object: an identity is kept as long as its credential is remembered. */
  #grantsByIdentity = new WeakMap<Subject, Grants<HeldRule>>();
  readonly #listeners = new Set<() => void>();
  version = 0;

  /** Instead of everything that was known. */
  reset(objects: readonly KubeObject[]): void {
    this.#book = new RoleBook();
    for (const object of objects) this.#book.put(object);
    this.#changed();
  }

  put(object: KubeObject): void {
    this.#book.put(object);
    this.#changed();
  }

  remove(ref: ObjectRef): void {
    this.#book.remove(ref);
    this.#changed();
  }

  decide(subject: Subject, asked: Attributes): Decision {
    if (subject.groups.includes(ADMIN_GROUP)) return IS_ADMIN;
    const held = this.#grantsOf(subject).find(asked);
    return held === undefined ? NOTHING : { allowed: true, reason: reasonOf(held) };
  }

  held(subject: Subject): readonly { readonly rule: PolicyRule; readonly namespace?: string }[] {
    return subject.groups.includes(ADMIN_GROUP) ? EVERYTHING : this.#grantsOf(subject).all;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #grantsOf(subject: Subject): Grants<HeldRule> {
    const own = this.#grantsByIdentity.get(subject);
    if (own !== undefined) return own;
    const grants = this.#grantsByName(subject);
    this.#grantsByIdentity.set(subject, grants);
    return grants;
  }

  #grantsByName(subject: Subject): Grants<HeldRule> {
    const key = JSON.stringify([subject.user, subject.groups]); // names may hold any character
    const known = this.#grantsBySubject.get(key);
    if (known !== undefined) return known;
    const grants = new Grants(this.#book.rulesOf(subject));
    if (this.#grantsBySubject.size >= SUBJECTS) this.#grantsBySubject.clear();
    this.#grantsBySubject.set(key, grants);
    return grants;
  }

  #changed(): void {
    this.version++;
    this.#grantsBySubject = new Map();
    this.#grantsByIdentity = new WeakMap();
    for (const listener of this.#listeners) listener();
  }
}

/** As Kubernetes words it: `RBAC: allowed by RoleBinding "web/shop" of Role "web" to User "ada"`. */
function reasonOf({ binding, roleRef, through }: HeldRule): string {
  const { name, namespace } = binding.metadata;
  const id = namespace === undefined ? name : `${name}/${namespace}`;
  return `RBAC: allowed by ${binding.kind} "${id}" of ${roleRef.kind} "${roleRef.name}" to ${through.kind} "${through.name}"`;
}
