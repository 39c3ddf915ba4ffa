import { definitionOf, notFound } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { textOf } from "../bodies/body.ts";
import { patchDraft, readConfig, readDraft } from "../bodies/draft.ts";
import type { Draft, ReadObject } from "../bodies/draft.ts";
import { applyConfig } from "../fields/apply.ts";
import type { Proposed } from "../fields/apply.ts";
import { takeOwners } from "../fields/sent.ts";
import { shownEntries } from "../fields/shown.ts";
import { ownersAfter } from "../fields/update.ts";
import type { Question } from "./prepare.ts";
import { refOfProposal } from "./proposal.ts";
import type { Proposal, ProposedApply } from "./proposal.ts";

type Written = Exclude<Proposal, ProposedApply | { readonly op: "delete" }>;

/** The object that a proposal makes, not checked yet, and who will own what of it once it is. Throws StatusError. */
export function proposedOf(
  proposal: Written | ProposedApply,
  question: Omit<Question, "proposal">,
): Proposed & Pick<ReadObject, "duplicates"> {
  return proposal.op === "apply" ? appliedOf(proposal, question) : writtenOf(proposal, question);
}

function appliedOf(
  proposal: ProposedApply,
  { old, manager = "unknown" }: Omit<Question, "proposal">,
): Proposed & Pick<ReadObject, "duplicates"> {
  const { draft, subresource, force = false } = proposal;
  if (subresource !== undefined && old === undefined) throw notFound(refOfProposal(proposal));
  const { object: config, duplicates } = readConfig(draft);
  const proposed = applyConfig({
    definition: definitionOf(draft.at.kind)!, // a route has one
    config,
    ...(old !== undefined && { old }),
    ...(subresource !== undefined && { subresource }),
    manager,
    force,
    at: timestamp(new Date()),
  });
  return { ...proposed, duplicates };
}

/** Any other write: who owns what follows from what it changes. */
function writtenOf(
  proposal: Written,
  { old, manager }: Omit<Question, "proposal">,
): Proposed & Pick<ReadObject, "duplicates"> {
  const { object: read, duplicates } = readWritten(proposal, old);
  const { object, owners: sent } = takeOwners(read);
  const subresource = "subresource" in proposal ? proposal.subresource : undefined;
  return {
    object,
    duplicates,
    owners: (checked) =>
      ownersAfter({
        definition: definitionOf(checked.kind)!, // it was checked by it
        object: checked,
        ...(old !== undefined && { old }),
        ...(subresource !== undefined && { subresource }),
        ...(manager !== undefined && { manager }),
        ...(sent !== undefined && { sent }),
        at: timestamp(new Date()),
      }),
  };
}

function readWritten(proposal: Written, old: KubeObject | undefined): ReadObject {
  if ("object" in proposal) return { object: proposal.object, duplicates: [] };
  if ("text" in proposal) return { object: JSON.parse(proposal.text) as KubeObject, duplicates: [] }; // written here, of what a client sent
  if (proposal.op !== "patch") return readDraft(proposal.draft);
  return { object: patchDraft(proposal.draft, shownTo(proposal.draft, old!)), duplicates: [] }; // what is patched is stored
}

/** As the client saw it, but for what its patch is not about. */
function shownTo({ bytes }: Draft, old: KubeObject): KubeObject {
  const { managedFields, ...metadata } = old.metadata;
  if (managedFields === undefined) return old;
  const isMeant = textOf(bytes).includes("managedFields");
  const shown = isMeant ? { managedFields: shownEntries(definitionOf(old.kind)!, old) } : {};
  return { ...old, metadata: { ...metadata, ...shown } } as unknown as KubeObject;
}

/** RFC 3339 in whole seconds, as objects tell time. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, "Z");
}
