import type { Subject } from "./rbac/role-book.ts";
import type { Attributes, PolicyRule } from "./rbac/rule.ts";

export type { Attributes, PathAttributes, PolicyRule, ResourceAttributes } from "./rbac/rule.ts";

export interface Decision {
  readonly allowed: boolean;
  /** For people: what gives the right, or why there is none that could be told. */
  readonly reason: string;
}

/**
 * Who may do what. Stand-alone it is `RbacAuthorizer`, over roles and bindings of the store; behind a kube-apiserver it will be one that
 * sends SubjectAccessReviews. It answers at once, as a commit waits for nobody: one that has to ask elsewhere asks at the door
 * (`Authenticator.identify`, which may wait) and answers from what it learnt.
 */
export interface Authorizer {
  decide(subject: Subject, asked: Attributes): Decision;
  /** Everything that somebody may do, and where; absent: everywhere. */
  held(subject: Subject): readonly { readonly rule: PolicyRule; readonly namespace?: string }[];
  /** Another number after every change of what it would answer. */
  readonly version: number;
  /** Called after such a change; the result ends it. */
  onChange(listener: () => void): () => void;
}
