import { turns } from "@percale/daemon";
import type { Change, ChangeSet, ChangeSetResult } from "@percale/protocol";
import {
  badRequest,
  definitionOf,
  generatedName,
  methodNotAllowed,
  notFound,
  prepareObject,
  StatusError,
} from "@percale/resources";
import type { FieldValidation, KubeObject, ObjectMeta, ResourceDefinition } from "@percale/resources";
import type { CheckContext, Datastore } from "@percale/store";
import { authorizeChanges, refusalOf } from "./auth/authorize.ts";
import { authorOf } from "./auth/identity.ts";
import type { Identity } from "./auth/identity.ts";

export const MAX_CHANGES = 10_000;
const NAME_TRIES = 5;

export interface AdmitOptions {
  /** Whose rights count, and the author that is kept. */
  readonly identity: Identity;
  readonly fieldValidation?: FieldValidation;
}

export interface Admitted extends ChangeSetResult {
  /** Unknown fields that were dropped, in words. */
  readonly warnings: readonly string[];
}

/** The one way into the store: rights, every check layer of every object, then one atomic write. Throws StatusError. */
export async function admit(
  store: Datastore,
  changeSet: ChangeSet,
  { identity, fieldValidation = "Warn" }: AdmitOptions,
): Promise<Admitted> {
  refuseCount(changeSet);
  authorizeChanges(identity, changeSet.changes);
  return admitNamed(store, changeSet, { identity, fieldValidation });
}

/** What a write would answer and nothing more: it asks for no right to write, whoever may read may wonder. */
export async function rehearse(
  store: Datastore,
  changes: readonly Change[],
  { identity, fieldValidation = "Warn" }: AdmitOptions,
): Promise<Admitted> {
  refuseCount({ changes });
  return admitNamed(store, { changes, dryRun: true }, { identity, fieldValidation });
}

function refuseCount({ changes }: ChangeSet): void {
  if (changes.length === 0 || changes.length > MAX_CHANGES)
    throw badRequest(`changes: must hold 1..${MAX_CHANGES} changes, got ${changes.length}`);
}

async function admitNamed(store: Datastore, changeSet: ChangeSet, options: AdmitOptions): Promise<Admitted> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await admitOnce(store, changeSet, options);
    } catch (error) {
      const isClash =
        error instanceof StatusError && error.reason === "AlreadyExists" && changeSet.changes.some(isUnnamed);
      if (!isClash || attempt >= NAME_TRIES) throw error;
    }
  }
}

async function admitOnce(
  store: Datastore,
  { changes, reason, dryRun }: ChangeSet,
  { identity, fieldValidation = "Warn" }: AdmitOptions,
): Promise<Admitted> {
  const warnings: string[] = [];
  for (const change of changes) refuseReadOnly(kindOf(change), change.op);
  // All at once: they share their question to the database.
  const olds = await Promise.all(changes.map(async (change) => oldOf(store, change)));
  const prepared: Change[] = [];
  const turn = turns();
  for (const [i, change] of changes.entries()) {
    prepared.push(prepareChange(change, olds[i], fieldValidation, warnings));
    const others = turn();
    if (others !== undefined) await others;
  }
  const result = await store.apply(
    {
      changes: prepared,
      author: authorOf(identity),
      ...(reason !== undefined && { reason }),
      ...(dryRun !== undefined && { dryRun }),
    },
    { check: checkFor(identity) },
  );
  return { ...result, warnings };
}

/** Layer 6, asked inside the commit where `lookup` shows the state the write will follow. */
function checkFor(identity: Identity): (context: CheckContext) => StatusError | undefined {
  return (context) => {
    return refusalOf(identity, context) ?? definitionOf(context.object.kind)?.store(context);
  };
}

function prepareChange(
  change: Change,
  old: KubeObject | undefined,
  fieldValidation: FieldValidation,
  warnings: string[],
): Change {
  if (change.op === "delete") return change;
  const subresource = change.op === "update" ? change.subresource : undefined;
  const result = prepareObject(kindOf(change), named(change), {
    operation: change.op,
    fieldValidation,
    ...(old !== undefined && { old }),
    ...(subresource !== undefined && { subresource }),
  });
  if ("error" in result) throw result.error;
  warnings.push(...result.warnings);
  return { ...change, object: result.object };
}

/** `generateName` becomes a name before the checks, which ask for one. */
function named(change: Exclude<Change, { op: "delete" }>): KubeObject {
  if (!isUnnamed(change)) return change.object;
  const { metadata } = change.object;
  return { ...change.object, metadata: { ...metadata, name: generatedName(metadata.generateName ?? "", Math.random) } };
}

function isUnnamed(change: Change): boolean {
  if (change.op !== "create") return false;
  // Not checked yet: any part may be missing.
  const { name = "", generateName = "" } = (change.object.metadata ?? {}) as Partial<ObjectMeta>;
  return name === "" && typeof generateName === "string" && generateName !== "";
}

function kindOf(change: Change): ResourceDefinition {
  const kind: unknown = change.op === "delete" ? change.ref.kind : change.object.kind;
  const definition = typeof kind === "string" ? definitionOf(kind) : undefined;
  if (definition === undefined) throw badRequest(`kind: ${JSON.stringify(kind)} is not served here`);
  return definition;
}

/** What an update is about. Throws 404 if there is none. */
async function oldOf(store: Datastore, change: Change): Promise<KubeObject | undefined> {
  if (change.op !== "update") return undefined;
  const { kind, metadata } = change.object;
  const { name, namespace } = metadata;
  const ref = namespace === undefined ? { kind, name } : { kind, namespace, name };
  const old = await store.get(ref);
  if (old === undefined) throw notFound(ref);
  return old;
}

/** Kinds that users may only read (ClusterInformation) answer 405 to every write. */
export function refuseReadOnly(definition: ResourceDefinition, verb: string): void {
  if (definition.readOnly) throw methodNotAllowed(definition.kind, verb);
}
