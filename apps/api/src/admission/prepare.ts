import type { Change } from "@percale/protocol";
import { definitionOf, generatedName, notFound, prepareObject } from "@percale/resources";
import type { FieldValidation, KubeObject, ManagedFields, ObjectMeta, StatusReason } from "@percale/resources";
import { textOf } from "../bodies/body.ts";
import { patchDraft, readConfig, readDraft } from "../bodies/draft.ts";
import { applyConfig } from "../fields/apply.ts";
import type { Proposed } from "../fields/apply.ts";
import { takeOwners } from "../fields/sent.ts";
import { shownEntries } from "../fields/shown.ts";
import { ownersAfter } from "../fields/update.ts";
import { refOfProposal, WRITES } from "./proposal.ts";
import type { Proposal, ProposedDraft } from "./proposal.ts";

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
  const { proposal, old } = question;
  if (proposal.op === "delete") return { change: proposal, warnings: [] };
  const op = proposal.op === "apply" && old === undefined ? "create" : WRITES[proposal.op];
  const { object: sent, owners } = proposal.op === "apply" ? appliedOf(question) : writtenOf(question);
  if (op === "update" && old === undefined) throw notFound(refOfProposal(proposal));
  const subresource = "subresource" in proposal ? proposal.subresource : undefined;
  const isUnnamed = op === "create" && lacksName(sent);
  const result = prepareObject(definitionOf(refOfProposal(proposal).kind)!, isUnnamed ? named(sent) : sent, {
    operation: op,
    fieldValidation: question.fieldValidation,
    ...(old !== undefined && { old }),
    ...(subresource !== undefined && { subresource }),
  });
  if ("error" in result) throw result.error;
  const object = withOwners(result.object, owners(result.object));
  const tryAgainAfter = followsWhatWasRead(proposal, object, old)
    ? old === undefined
      ? "AlreadyExists"
      : "Conflict"
    : undefined;
  return {
    change: op === "create" ? { op, object } : { op, object, ...(subresource !== undefined && { subresource }) },
    warnings: result.warnings,
    ...(isUnnamed && { tryAgainAfter: "AlreadyExists" as const }),
    ...(tryAgainAfter !== undefined && { tryAgainAfter }),
  };
}

/** A patch or an apply that asks for no version of its own: of another state it makes another object. */
function followsWhatWasRead({ op }: Proposal, { metadata }: KubeObject, old: KubeObject | undefined): boolean {
  if (op === "apply" && old === undefined) return true;
  return (op === "patch" || op === "apply") && metadata.resourceVersion === old?.metadata.resourceVersion;
}

function appliedOf({ proposal, old, manager = "unknown" }: Question): Proposed {
  if (proposal.op !== "apply") throw new Error("no apply");
  const { draft, subresource, force = false } = proposal;
  if (subresource !== undefined && old === undefined) throw notFound(refOfProposal(proposal));
  return applyConfig({
    definition: definitionOf(draft.at.kind)!,
    config: readConfig(draft),
    ...(old !== undefined && { old }),
    ...(subresource !== undefined && { subresource }),
    manager,
    force,
    at: timestamp(new Date()),
  });
}

/** Any other write: who owns what follows from what it changes. */
function writtenOf({ proposal, old, manager }: Question): Proposed {
  if (proposal.op === "delete" || proposal.op === "apply") throw new Error("nothing to write");
  const { object, owners: sent } = takeOwners(objectOf(proposal, old));
  const subresource = "subresource" in proposal ? proposal.subresource : undefined;
  return {
    object,
    owners: (checked) =>
      ownersAfter({
        definition: definitionOf(checked.kind)!,
        object: checked,
        ...(old !== undefined && { old }),
        ...(subresource !== undefined && { subresource }),
        ...(manager !== undefined && { manager }),
        ...(sent !== undefined && { sent }),
        at: timestamp(new Date()),
      }),
  };
}

function withOwners(object: KubeObject, managedFields: ManagedFields | undefined): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(managedFields !== undefined && { managedFields }) } };
}

function objectOf(proposal: Exclude<Proposal, { op: "delete" | "apply" }>, old: KubeObject | undefined): KubeObject {
  if ("object" in proposal) return proposal.object;
  if ("text" in proposal) return JSON.parse(proposal.text) as KubeObject; // written here, of what a client sent
  return proposal.op === "patch"
    ? patchDraft(proposal.draft, shownTo(proposal.draft, old!))
    : readDraft(proposal.draft); // what is patched is stored
}

/** As the client saw it, but for what its patch is not about. */
function shownTo({ bytes }: ProposedDraft["draft"], old: KubeObject): KubeObject {
  const { managedFields, ...metadata } = old.metadata;
  if (managedFields === undefined) return old;
  const isMeant = textOf(bytes).includes("managedFields");
  const shown = isMeant ? { managedFields: shownEntries(definitionOf(old.kind)!, old) } : {};
  return { ...old, metadata: { ...metadata, ...shown } } as unknown as KubeObject;
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

/** RFC 3339 in whole seconds, as objects tell time. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, "Z");
}
