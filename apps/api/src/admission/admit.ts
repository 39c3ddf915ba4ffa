import { currentRequestId, inTurns, turns } from "@percale/daemon";
import type { Change, ChangeSet, ChangeSetResult } from "@percale/protocol";
import {
  badRequest,
  brief,
  definitionOf,
  formatRef,
  methodNotAllowed,
  notFound,
  refOf,
  StatusError,
} from "@percale/resources";
import type { FieldValidation, KubeObject, ResourceDefinition } from "@percale/resources";
import { SetBudget } from "@percale/store";
import type { CheckContext, Datastore } from "@percale/store";
import { MAX_CHANGES } from "../bodies/change-set.ts";
import { authorize, nodeReadRefusal, refusalOf } from "../auth/authorize.ts";
import type { Verb } from "../auth/authorize.ts";
import { tierFault } from "../auth/tier-rights.ts";
import { isTiered } from "../auth/tiers.ts";
import { authorOf } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import type { Leave } from "../limits.ts";
import { isLarge } from "./is-large.ts";
import { largeWork } from "./large-work.ts";
import { pendingChangeOf } from "./pending.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { definitionOfProposal, refOfProposal, WRITES } from "./proposal.ts";
import type { Proposal, ProposedSet } from "./proposal.ts";

/** Kubernetes' number for patches; a name that was made up is taken once in a lifetime. */
const TRIES = 5;

export interface AdmitOptions {
  /** Whose rights count, and the author that is kept. */
  readonly identity: Identity;
  readonly fieldValidation?: FieldValidation;
  /** Whose the fields are that it sets. Absent: nobody's, the system itself writes. */
  readonly manager?: string;
  /** Whose right it is to be, where it is not what each change does. */
  readonly verb?: Verb;
}

export interface Admitted extends ChangeSetResult {
  /** Unknown fields that were dropped, in words. */
  readonly warnings: readonly string[];
  /** What became of each proposal: an apply may have created. */
  readonly changes: readonly Change[];
}

/** The one way into the store: rights, every check layer of every object, then one atomic write. Throws StatusError. */
export async function admit(store: Datastore, set: ProposedSet, options: AdmitOptions): Promise<Admitted> {
  refuseCount(set);
  await inTurns(set.changes, (proposal) =>
    authorize(options.identity, verbOf(proposal, options), refOfProposal(proposal), subresourceOf(proposal)),
  );
  return admitAllowed(store, set, options);
}

/** What a write would answer and nothing more: it asks for no right to write, whoever may read the objects may wonder. */
export async function rehearse(
  store: Datastore,
  changes: ChangeSet["changes"],
  options: AdmitOptions,
): Promise<Admitted> {
  refuseCount({ changes });
  return admitAllowed(store, { changes, dryRun: true }, { ...options, verb: "get" });
}

function refuseCount({ changes }: ProposedSet): void {
  if (changes.length === 0 || changes.length > MAX_CHANGES)
    throw badRequest(`changes: must hold 1..${MAX_CHANGES} changes, got ${changes.length}`);
}

async function admitAllowed(store: Datastore, set: ProposedSet, options: AdmitOptions): Promise<Admitted> {
  const { reason, dryRun } = set;
  const { identity } = options;
  const pending = pendingChangeOf(set, authorOf(identity));
  const changes = pending === undefined ? set.changes : [...set.changes, { op: "create" as const, object: pending }];
  const requestId = currentRequestId();
  await inTurns(changes, (proposal) => refuseReadOnly(definitionOfProposal(proposal), proposal.op));
  for (let attempt = 1; ; attempt++) {
    const prepared = await prepareAll(store, changes, options);
    try {
      const result = await store.apply(
        {
          changes: prepared.map(({ change }) => change),
          author: authorOf(identity),
          ...(requestId !== undefined && { requestId }),
          ...(reason !== undefined && { reason }),
          ...(dryRun !== undefined && { dryRun }),
        },
        { check: checkFor(changes, options) },
      );
      const own = set.changes.length;
      return {
        ...result,
        objects: result.objects.slice(0, own),
        warnings: prepared.flatMap(({ warnings }) => warnings),
        changes: prepared.slice(0, own).map(({ change }) => change),
        ...(pending !== undefined && { pending: { name: pending.metadata.name, deadline: pending.spec.deadline } }),
      };
    } catch (error) {
      const isWorthIt =
        error instanceof StatusError && prepared.some(({ tryAgainAfter }) => tryAgainAfter === error.reason);
      if (!isWorthIt || attempt >= TRIES) throw error;
    }
  }
}

async function prepareAll(store: Datastore, changes: readonly Proposal[], options: AdmitOptions): Promise<Prepared[]> {
  const { identity, fieldValidation = "Warn", manager } = options;
  // All at once: they share their question to the database.
  const olds = await Promise.all(changes.map(async (proposal) => oldOf(store, proposal)));
  const prepared: Prepared[] = [];
  const budget = new SetBudget(changes.length); // the store would refuse it too, but only after all this work
  const turn = turns();
  let leave: Leave | undefined;
  try {
    for (const [i, proposal] of changes.entries()) {
      const old = olds[i];
      budget.spend(i + 1, old);
      if (proposal.op === "apply" && old === undefined) authorize(identity, "create", refOfProposal(proposal));
      // Before the change is made: what goes wrong in making it tells of the object.
      const verb = verbOf(proposal, options);
      const fault =
        old === undefined ? undefined : (tierFault(identity, verb, old) ?? nodeReadRefusal(identity, verb, old));
      if (fault !== undefined) throw fault;
      const question = {
        proposal,
        fieldValidation,
        ...(old !== undefined && { old }),
        ...(manager !== undefined && { manager }),
      };
      try {
        if (isLarge(question)) {
          leave ??= largeWork.enter(identity.user);
          prepared.push(await largeWork.prepare(question));
        } else prepared.push(prepare(question));
      } catch (error) {
        throw changes.length === 1 ? error : ofChange(proposal, i, error);
      }
      const others = turn();
      if (others !== undefined) await others;
    }
  } finally {
    leave?.();
  }
  return prepared;
}

/** What cannot be decoded is refused in words that name its kind alone: among several the object must be told, too. */
function ofChange(proposal: Proposal, index: number, error: unknown): unknown {
  if (!(error instanceof StatusError) || error.reason !== "BadRequest") return error;
  const { details, causes } = error;
  const told = `change ${index + 1}, ${brief(formatRef(refOfProposal(proposal)), 300)}: ${error.message}`;
  return new StatusError("BadRequest", told, { details, causes, cause: error });
}

/** What a proposal needs the right to. */
function verbOf({ op }: Proposal, { verb }: AdmitOptions): Verb {
  return verb ?? (op === "apply" ? "patch" : op);
}

function subresourceOf(proposal: Proposal): "status" | undefined {
  return "subresource" in proposal ? proposal.subresource : undefined;
}

/** Layer 6, asked inside the commit where `lookup` shows the state the write will follow: there a policy's tiers are judged, too. */
function checkFor(
  changes: readonly Proposal[],
  options: AdmitOptions,
): (context: CheckContext) => StatusError | undefined {
  const { identity } = options;
  const tiered = changes
    .map((proposal) => [refOfProposal(proposal), proposal] as const)
    .filter(([ref]) => isTiered(ref));
  const verbs = new Map(tiered.map(([ref, proposal]) => [formatRef(ref), verbOf(proposal, options)]));
  const tierRefusal = ({ operation, object, old }: CheckContext): StatusError | undefined => {
    if (!isTiered(object)) return undefined;
    const verb = verbs.get(formatRef(refOf(object))) ?? operation; // a name that was made up is of a creation
    return (old === undefined ? undefined : tierFault(identity, verb, old)) ?? tierFault(identity, verb, object);
  };
  return (context) =>
    refusalOf(identity, context) ?? tierRefusal(context) ?? definitionOf(context.object.kind)?.store(context);
}

/** What a change of an object is about. Throws 404 if there is none, but for a body that may be at fault itself, or may create: it is read first. */
async function oldOf(store: Datastore, proposal: Proposal): Promise<KubeObject | undefined> {
  if (WRITES[proposal.op] !== "update") return undefined;
  const ref = refOfProposal(proposal);
  const old = await store.get(ref);
  const isReadFirst = "draft" in proposal && (proposal.op === "update" || proposal.op === "apply");
  if (old === undefined && !isReadFirst) throw notFound(ref);
  return old;
}

/** Kinds that users may only read (ClusterInformation) answer 405 to every write. */
export function refuseReadOnly(definition: ResourceDefinition, verb: string): void {
  if (definition.readOnly) throw methodNotAllowed(definition.kind, verb);
}
