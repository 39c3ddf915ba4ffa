import type { Change } from "@percale/protocol";
import { definitionOf, generatedName, notFound, prepareObject, StatusError } from "@percale/resources";
import type { FieldValidation, KubeObject, ManagedFields, ObjectMeta, StatusReason } from "@percale/resources";
import { refOfProposal, WRITES } from "./proposal.ts";
import type { Proposal } from "./proposal.ts";
import { proposedOf } from "./proposed.ts";

export interface Question {
  readonly proposal: Proposal;
  /** The stored object; needed for all but a creation. */
  readonly old?: KubeObject;
  readonly fieldValidation: FieldValidation;
  /** Who owns the fields that it sets; absent: the system itself. */
  readonly manager?: string;
}

export interface Prepared {
  readonly change: Change;
  /** Unknown fields that were dropped, in words. */
  readonly warnings: readonly string[];
  /** The refusal after which another try may do better: of a name that was made up here, of a patch that asks for no version. */
  readonly tryAgainAfter?: StatusReason;
}

/** Reads and checks one proposal: layers 1-5, and who owns what after it. Throws StatusError with every fault. */
export function prepare(question: Question): Prepared {
  const { proposal, old, fieldValidation } = question;
  if (proposal.op === "delete") return { change: proposal, warnings: [] };
  const op = proposal.op === "apply" && old === undefined ? "create" : WRITES[proposal.op];
  const { object: sent, duplicates, owners } = proposedOf(proposal, question);
  if (op === "update" && old === undefined) throw notFound(refOfProposal(proposal));
  const subresource = "subresource" in proposal ? proposal.subresource : undefined;
  const isUnnamed = op === "create" && lacksName(sent);
  const result = prepareObject(definitionOf(refOfProposal(proposal).kind)!, isUnnamed ? named(sent) : sent, {
    operation: op,
    fieldValidation,
    ...(old !== undefined && { old }),
    ...(subresource !== undefined && { subresource }),
  });
  if (fieldValidation === "Strict" && duplicates.length > 0) throw strictError(duplicates, result);
  if ("error" in result) throw result.error;
  const object = withOwners(result.object, owners(result.object));
  const tryAgainAfter = isUnnamed ? "AlreadyExists" : raceOf(proposal, object, old);
  return {
    change: op === "create" ? { op, object } : { op, object, ...(subresource !== undefined && { subresource }) },
    warnings: fieldValidation === "Warn" ? [...result.warnings, ...duplicates] : result.warnings,
    ...(tryAgainAfter !== undefined && { tryAgainAfter }),
  };
}

/** Of a patch or an apply that asks for no version of its own: of another state it makes another object. */
function raceOf({ op }: Proposal, { metadata }: KubeObject, old: KubeObject | undefined): StatusReason | undefined {
  if (op === "apply" && old === undefined) return "AlreadyExists";
  const isFollowing = (op === "patch" || op === "apply") && metadata.resourceVersion === old?.metadata.resourceVersion;
  return isFollowing ? "Conflict" : undefined;
}

const STRICT = "strict decoding error: ";

/** With what else strict validation refuses. */
function strictError(duplicates: readonly string[], result: ReturnType<typeof prepareObject>): StatusError {
  const other = "error" in result && result.error.message.startsWith(STRICT) ? result.error : undefined;
  const told = other === undefined ? duplicates : [other.message.slice(STRICT.length), ...duplicates];
  return new StatusError("BadRequest", STRICT + told.join(", "), { causes: other?.causes ?? [] });
}

function withOwners(object: KubeObject, managedFields: ManagedFields | undefined): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(managedFields !== undefined && { managedFields }) } };
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
