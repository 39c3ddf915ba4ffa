import { inTurns } from "@percale/daemon";
import type { Change, ChangeSetResult } from "@percale/protocol";
import {
  alreadyExists,
  conflict,
  definitionOf,
  forbidden,
  formatRef,
  generatedName,
  invalid,
  isSameJson,
  notFound,
  objectAfter,
  refOf,
  resourceDefinitions,
  sortKey,
  StatusError,
} from "@percale/resources";
import type { Consequence, KubeObject, Lookup, ObjectMeta, ObjectRef } from "@percale/resources";
import type { ApplyOptions, AuthoredChangeSet, CheckContext } from "./datastore.ts";
import type { LogEvent } from "./event-window.ts";
import { SetBudget } from "./set-budget.ts";

export interface PlanInput {
  readonly changeSet: AuthoredChangeSet;
  readonly check?: ApplyOptions["check"];
  /** The revision before the first event to come. */
  readonly revision: number;
  readonly now: Date;
  readonly newUid: () => string;
  readonly random: () => number;
}

export interface Plan {
  readonly events: readonly LogEvent[];
  readonly result: ChangeSetResult;
  /** The JSON of the events' objects, as they will be and as they were, about. */
  readonly characters: number;
}

/**
 * What a change set does to this state: the events for the log and the answer for the caller. Throws the StatusError that refuses it.
 * What the kinds make follow from the changes (a namespace that is implied, the rest of a pool) stands behind them in the same set.
 * Reads and writes `view`; on failure the caller drops the view.
 */
export function planChangeSet(view: Overlay, input: PlanInput): Plan {
  const steps = planSteps(view, input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, a change at a time: a set may have ten thousand, and others wait. */
export function* planSteps(
  view: Overlay,
  { changeSet, check, revision, now, newUid, random }: PlanInput,
): Generator<void, Plan> {
  const planned: Omit<LogEvent, "setEnd">[] = [];
  const budget = new SetBudget(changeSet.changes.length);
  let asked = 0;
  const run = (change: Change, isAsked: boolean): KubeObject => {
    const next = String(revision + planned.length + 1);
    const step = planChange(view, change, { resourceVersion: next, now, newUid, random });
    if (isAsked) refuse(check, change, step, view);
    if (step.type === undefined) return step.object;
    const { type, object, old } = step;
    budget.spend(asked, object, old);
    planned.push({ revision: Number(next), type, object, ...(old !== undefined && { previous: old }) });
    const left = objectAfter({ type, object });
    if (left === undefined) view.delete(refOf(object));
    else view.put(left);
    return object;
  };
  const objects: KubeObject[] = [];
  for (const change of changeSet.changes) {
    asked++;
    objects.push(run(change, true));
    yield;
  }
  yield* follow(view, planned, (change) => run(change, false));
  const setEnd = revision + planned.length;
  return {
    events: planned.map((event) => ({ ...event, setEnd })),
    result: { resourceVersion: String(setEnd), objects },
    characters: budget.used,
  };
}

/** What planning threw, as its caller hears it: what is nested without end leaves no room on the stack. */
export function refusalOfPlan(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new StatusError("Invalid", `nobody can keep this: ${error.message}`, { cause: error });
}

/** Carries out what each event makes follow, and what that makes follow. Second looks come last and once: what they wait for may be a thousand deletions. */
function* follow(
  view: Overlay,
  events: readonly Omit<LogEvent, "setEnd">[],
  run: (change: Change) => void,
): Generator<void> {
  const settling = new Map<string, ObjectRef>();
  for (let seen = 0; seen < events.length || settling.size > 0;) {
    const event = events[seen];
    if (event !== undefined) {
      seen++;
      const { type, object, previous: old } = event;
      const happened = { type, object, ...(old !== undefined && { old }) };
      for (const consequence of definitionOf(object.kind)?.react(happened, view, resourceDefinitions) ?? []) {
        if (consequence.op === "settle") settling.set(formatRef(consequence.ref), consequence.ref);
        else runIfNeeded(view, consequence, run);
        yield;
      }
      yield;
      continue;
    }
    const refs = [...settling.values()];
    settling.clear();
    for (const ref of refs) {
      const object = view.get(ref);
      if (object !== undefined) run({ op: "update", object });
      yield;
    }
  }
}

/** Another consequence may have been faster. */
function runIfNeeded(
  view: Lookup,
  consequence: Exclude<Consequence, { op: "settle" }>,
  run: (change: Change) => void,
): void {
  const ref = consequence.op === "delete" ? consequence.ref : refOf(consequence.object);
  const isThere = view.get(ref) !== undefined;
  if (isThere === NEEDS_OBJECT[consequence.op]) run(consequence);
}

/** Whether a change is one of an object that is there, or of one that is not. */
const NEEDS_OBJECT: Readonly<Record<Change["op"], boolean>> = { create: false, update: true, delete: true };

/** A state with changes on top that can be kept or dropped. */
export class Overlay implements Lookup {
  readonly #below: Lookup;
  readonly #changesByKind = new Map<string, Changes>();

  constructor(below: Lookup) {
    this.#below = below;
  }

  get(ref: ObjectRef): KubeObject | undefined {
    const key = sortKey(ref.namespace, ref.name);
    const newest = this.#changesByKind.get(ref.kind)?.newest;
    return newest?.has(key) === true ? newest.get(key) : this.#below.get(ref);
  }

  /** Rules ask for it once for every change of a set: it costs no more than its length. */
  list(kind: string, namespace?: string): Iterable<KubeObject> {
    const below = this.#below.list(kind, namespace);
    const changes = this.#changesByKind.get(kind);
    return changes === undefined ? below : merged(below, changes, namespace);
  }

  put(object: KubeObject): void {
    this.#set(refOf(object), object);
  }

  delete(ref: ObjectRef): void {
    this.#set(ref, undefined);
  }

  /** Puts these changes into the overlay below, in turns. */
  async mergeInto(below: Overlay): Promise<void> {
    for (const [kind, { newest }] of this.#changesByKind)
      await inTurns(newest, ([key, object]) => {
        const [namespace, name] = key.split("\0") as [string, string]; // what sortKey joined
        below.#set(namespace === "" ? { kind, name } : { kind, namespace, name }, object);
      });
  }

  #set(ref: ObjectRef, object: KubeObject | undefined): void {
    let changes = this.#changesByKind.get(ref.kind);
    if (changes === undefined)
      this.#changesByKind.set(ref.kind, (changes = { newest: new Map(), replaced: new Set() }));
    const replaced = this.#below.get(ref);
    if (replaced !== undefined) changes.replaced.add(replaced);
    changes.newest.set(sortKey(ref.namespace, ref.name), object);
  }
}

interface Changes {
  /** By sort key; undefined: deleted. */
  readonly newest: Map<string, KubeObject | undefined>;
  /** What of the state below they hide. */
  readonly replaced: Set<KubeObject>;
}

function* merged(
  below: Iterable<KubeObject>,
  { newest, replaced }: Changes,
  namespace: string | undefined,
): Generator<KubeObject> {
  for (const object of below) if (!replaced.has(object)) yield object;
  for (const object of newest.values())
    if (object !== undefined && (namespace === undefined || object.metadata.namespace === namespace)) yield object;
}

interface Step {
  /** Absent: nothing changes. */
  readonly type?: LogEvent["type"];
  readonly object: KubeObject;
  readonly old?: KubeObject;
}

interface Stamp {
  readonly resourceVersion: string;
  readonly now: Date;
  readonly newUid: () => string;
  readonly random: () => number;
}

function planChange(view: Lookup, change: Change, stamp: Stamp): Step {
  switch (change.op) {
    case "create":
      return planCreate(view, change.object, stamp);
    case "update":
      return planUpdate(view, change, stamp);
    case "delete":
      return planDelete(view, change, stamp);
  }
}

function refuse(check: ApplyOptions["check"], change: Change, { object, old }: Step, lookup: Lookup): void {
  const context: CheckContext = {
    operation: change.op,
    object: change.op === "delete" && old !== undefined ? old : object,
    lookup,
    ...(old !== undefined && { old }),
    ...(change.op === "update" && change.subresource !== undefined && { subresource: change.subresource }),
  };
  const refusal = check?.(context);
  if (refusal !== undefined) throw refusal;
}

function planCreate(view: Lookup, given: KubeObject, { resourceVersion, now, newUid, random }: Stamp): Step {
  const { kind, metadata } = given;
  if ((metadata.resourceVersion ?? "") !== "")
    throw fieldError(given, "metadata.resourceVersion", "must not be set on create");
  const name = metadata.name === "" || metadata.name === undefined ? freeName(view, given, random) : metadata.name;
  const ref = refOf({ ...given, metadata: { ...metadata, name } });
  if (view.get(ref) !== undefined) throw alreadyExists(ref);
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...kept } = metadata;
  const server = { uid: newUid(), creationTimestamp: timestamp(now), generation: 1, resourceVersion };
  const { status, ...object } = given;
  const keepsStatus = status !== undefined && !hasStatusSubresource(kind);
  const made = { ...object, metadata: { ...kept, name, ...server }, ...(keepsStatus && { status }) };
  return { type: "ADDED", object: settled(view, made, now) };
}

/** With the part that the server owns. */
function settled(lookup: Lookup, object: KubeObject, now: Date): KubeObject {
  return definitionOf(object.kind)?.settle(object, { lookup, now, kinds: resourceDefinitions }) ?? object;
}

function freeName(view: Lookup, given: KubeObject, random: () => number): string {
  const prefix = given.metadata.generateName ?? "";
  if (prefix === "") throw fieldError(given, "metadata.name", "name or generateName is required");
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = generatedName(prefix, random);
    if (view.get(refOf({ ...given, metadata: { ...given.metadata, name } })) === undefined) return name;
  }
  throw alreadyExists(refOf({ ...given, metadata: { ...given.metadata, name: prefix } }));
}

function planUpdate(view: Lookup, change: Change & { readonly op: "update" }, { resourceVersion, now }: Stamp): Step {
  const { object: given, subresource } = change;
  const ref = refOf(given);
  const old = view.get(ref);
  if (old === undefined) throw notFound(ref);
  if ((given.metadata.resourceVersion ?? "") === "")
    throw fieldError(given, "metadata.resourceVersion", "must be specified for an update");
  checkPreconditions(ref, old, given.metadata);

  const asked = subresource === "status" ? withStatusOf(old, given) : withSpecOf(old, given);
  const added = (asked.metadata.finalizers ?? []).filter((one) => old.metadata.finalizers?.includes(one) !== true);
  const isTerminating = old.metadata.deletionTimestamp !== undefined;
  if (isTerminating && added.length > 0)
    throw forbidden(ref, `no new finalizers can be added while the object is being deleted, found ${added.join(", ")}`);
  const merged = settled(view, asked, now);
  if (isSameJson(withoutTimes(merged), withoutTimes(old))) return { object: old, old };
  const generation = (old.metadata.generation ?? 1) + (isSameJson(contentOf(merged), contentOf(old)) ? 0 : 1);
  const object = { ...merged, metadata: { ...merged.metadata, generation, resourceVersion } };
  const isReleased = isTerminating && (object.metadata.finalizers ?? []).length === 0;
  return { type: isReleased ? "DELETED" : "MODIFIED", object, old };
}

/** What a generation counts changes of. */
function contentOf(object: KubeObject): object {
  const { metadata: _, status: __, ...content } = object;
  return content;
}

function withSpecOf(old: KubeObject, given: KubeObject): KubeObject {
  const { status, ...rest } = given;
  const kept = hasStatusSubresource(given.kind) ? old.status : status;
  return { ...rest, metadata: serverSet(old, given.metadata), ...(kept !== undefined && { status: kept }) };
}

function withStatusOf(old: KubeObject, given: KubeObject): KubeObject {
  const { status: _, ...rest } = old;
  const { managedFields } = given.metadata;
  const metadata = { ...old.metadata, ...(managedFields !== undefined && { managedFields }) };
  return { ...rest, metadata, ...(given.status !== undefined && { status: given.status }) };
}

/** What a client may change of the metadata, and what only the server sets. */
function serverSet({ metadata: old }: KubeObject, given: ObjectMeta): ObjectMeta {
  const { uid: _, creationTimestamp: __, deletionTimestamp: ___, deletionGracePeriodSeconds: ____, ...kept } = given;
  return {
    ...kept,
    ...(old.uid !== undefined && { uid: old.uid }),
    ...(old.creationTimestamp !== undefined && { creationTimestamp: old.creationTimestamp }),
    ...(old.deletionTimestamp !== undefined && { deletionTimestamp: old.deletionTimestamp }),
    ...(old.deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds: old.deletionGracePeriodSeconds }),
    ...(old.generation !== undefined && { generation: old.generation }),
  };
}

function planDelete(view: Lookup, change: Change & { readonly op: "delete" }, { resourceVersion, now }: Stamp): Step {
  const old = view.get(change.ref);
  if (old === undefined) throw notFound(change.ref);
  checkPreconditions(change.ref, old, change);
  const deletion = { deletionTimestamp: timestamp(now), deletionGracePeriodSeconds: 0, ...deletionOf(old) };
  const asked = settled(view, { ...old, metadata: { ...old.metadata, ...deletion } }, now);
  const isHeld = (asked.metadata.finalizers ?? []).length > 0;
  if (!isHeld) return { type: "DELETED", object: { ...old, metadata: { ...old.metadata, resourceVersion } }, old };
  if (isSameJson(asked, old)) return { object: old, old };
  return { type: "MODIFIED", object: { ...asked, metadata: { ...asked.metadata, resourceVersion } }, old };
}

/** A second deletion does not move the time of the first. */
function deletionOf({ metadata: { deletionTimestamp, deletionGracePeriodSeconds } }: KubeObject): Partial<ObjectMeta> {
  if (deletionTimestamp === undefined) return {};
  return { deletionTimestamp, ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }) };
}

function checkPreconditions(
  ref: ObjectRef,
  { metadata: old }: KubeObject,
  asked: { readonly uid?: string; readonly resourceVersion?: string },
): void {
  if (asked.uid !== undefined && asked.uid !== old.uid)
    throw conflict(ref, `the UID in the precondition (${asked.uid}) differs from the object's (${old.uid})`);
  if ((asked.resourceVersion ?? "") !== "" && asked.resourceVersion !== old.resourceVersion) throw conflict(ref);
}

/** Neither the version makes a change nor when its managers last wrote. */
function withoutTimes({ metadata, ...rest }: KubeObject): unknown {
  const { resourceVersion: _, managedFields, ...kept } = metadata;
  const owners = managedFields?.entries.map(({ time: __, ...owner }) => owner);
  return { ...rest, metadata: { ...kept, owners } };
}

function hasStatusSubresource(kind: string): boolean {
  return definitionOf(kind)?.statusSubresource === true;
}

function fieldError({ kind, metadata }: KubeObject, field: string, message: string): Error {
  return invalid(kind, metadata.name ?? "", [{ reason: "FieldValueInvalid", field, message }]);
}

function timestamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, "Z");
}
