import type { Change } from "@percale/protocol";
import { definitionOf, generatedName, notFound, prepareObject } from "@percale/resources";
import type { FieldValidation, KubeObject, ObjectMeta, StatusReason } from "@percale/resources";
import { patchDraft, readDraft } from "../bodies/draft.ts";
import { refOfProposal, WRITES } from "./proposal.ts";
import type { Proposal } from "./proposal.ts";

export interface Question {
  readonly proposal: Proposal;
  /** The stored object; needed for all but a creation. */
  readonly old?: KubeObject;
  readonly fieldValidation: FieldValidation;
}

export interface Prepared {
  readonly change: Change;
  /** Unknown fields that were dropped, in words. */
  readonly warnings: readonly string[];
  /** The refusal after which another try may do better: of a name that was made up here, of a patch that asks for no version. */
  readonly tryAgainAfter?: StatusReason;
}

/** Reads and checks one proposal: layers 1-5. Throws StatusError with every fault. */
export function prepare({ proposal, old, fieldValidation }: Question): Prepared {
  if (proposal.op === "delete") return { change: proposal, warnings: [] };
  const sent = objectOf(proposal, old);
  const subresource = "subresource" in proposal ? proposal.subresource : undefined;
  const op = WRITES[proposal.op];
  if (op === "update" && old === undefined) throw notFound(refOfProposal(proposal));
  const isUnnamed = op === "create" && lacksName(sent);
  const result = prepareObject(definitionOf(refOfProposal(proposal).kind)!, isUnnamed ? named(sent) : sent, {
    operation: op,
    fieldValidation,
    ...(old !== undefined && { old }),
    ...(subresource !== undefined && { subresource }),
  });
  if ("error" in result) throw result.error;
  const { object, warnings } = result;
  const isFollowing = proposal.op === "patch" && object.metadata.resourceVersion === old?.metadata.resourceVersion;
  return {
    change: op === "create" ? { op, object } : { op, object, ...(subresource !== undefined && { subresource }) },
    warnings,
    ...(isUnnamed && { tryAgainAfter: "AlreadyExists" as const }),
    ...(isFollowing && { tryAgainAfter: "Conflict" as const }),
  };
}

function objectOf(proposal: Exclude<Proposal, { op: "delete" }>, old: KubeObject | undefined): KubeObject {
  if ("object" in proposal) return proposal.object;
  if ("text" in proposal) return JSON.parse(proposal.text) as KubeObject; // written here, of what a client sent
  return proposal.op === "patch" ? patchDraft(proposal.draft, old!) : readDraft(proposal.draft); // what is patched is stored
}

/** Not checked yet: any part may be missing. */
function lacksName(object: KubeObject): boolean {
  const { name = "", generateName = "" } = (object.metadata ?? {}) as Partial<ObjectMeta>;
  return name === "" && typeof generateName === "string" && generateName !== "";
}

/** `generateName` becomes a name before the checks, which ask for one. */
function named(object: KubeObject): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, name: generatedName(metadata.generateName ?? "", Math.random) } };
}
