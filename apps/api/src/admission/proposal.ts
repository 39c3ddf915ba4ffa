import type { Change, ChangeSet } from "@percale/protocol";
import { badRequest, definitionOf } from "@percale/resources";
import type { KubeObject, ObjectMeta, ObjectRef, ResourceDefinition } from "@percale/resources";
import type { Draft } from "../bodies/draft.ts";

/** A change whose object may still be as a client sent it: what is large is read on another thread. */
export type Proposal = Change | ProposedDraft | ProposedApply | ProposedText;

/** What a proposal does once it is read; an apply creates what is not there. */
export const WRITES = {
  create: "create",
  update: "update",
  patch: "update",
  apply: "update",
  delete: "delete",
} as const satisfies Record<Proposal["op"], Change["op"]>;

export interface ProposedDraft {
  readonly op: "create" | "update" | "patch";
  readonly draft: Draft;
  readonly subresource?: "status";
}

/** What its manager wants of the object at an address, and no more. */
export interface ProposedApply {
  readonly op: "apply";
  readonly draft: Draft;
  readonly subresource?: "status";
  /** Take over what others own and this changes. */
  readonly force?: boolean;
}

/** The JSON of an object of which only so much is read. */
export interface ProposedText {
  readonly op: "create" | "update";
  readonly text: string;
  readonly ref: ObjectRef;
  readonly subresource?: "status";
}

export interface ProposedSet extends Omit<ChangeSet, "changes"> {
  readonly changes: readonly Proposal[];
}

/** What a proposal is about. Nothing of it is checked yet; before it has a name that is empty. */
export function refOfProposal(proposal: Proposal): ObjectRef {
  if ("ref" in proposal) return proposal.ref;
  if ("object" in proposal) return claimedRef(proposal.object);
  const { kind, namespace, name = "" } = proposal.draft.at;
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

export function claimedRef({ kind, metadata }: KubeObject): ObjectRef {
  const { name = "", namespace } = (metadata ?? {}) as Partial<ObjectMeta>;
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** Throws 400 for a kind that is none of ours. */
export function definitionOfProposal(proposal: Proposal): ResourceDefinition {
  const { kind }: { readonly kind: unknown } = refOfProposal(proposal);
  const definition = typeof kind === "string" ? definitionOf(kind) : undefined;
  if (definition === undefined) throw badRequest(`kind: ${JSON.stringify(kind)} is not served here`);
  return definition;
}
