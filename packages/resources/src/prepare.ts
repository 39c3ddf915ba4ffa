import type { z } from "zod";
import { compiled } from "#compiled";
import type { ResourceDefinition, StoreContext } from "./define.ts";
import { formatPath, issueFromZod, MAX_TOLD, reasonFromZod, show } from "./issue.ts";
import type { FieldIssue, FieldReason, Report } from "./issue.ts";
import { checkMetadata, decodeMetadata } from "./metadata.ts";
import { groupVersionOf } from "./object.ts";
import type { KubeObject, ObjectMeta } from "./object.ts";
import { badRequest, conflict, invalid } from "./status-error.ts";
import type { StatusError } from "./status-error.ts";
import { withoutZeros } from "./unset.ts";

export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface PrepareOptions {
  readonly operation: "create" | "update";
  /** The stored object; needed for update. */
  readonly old?: KubeObject;
  /** "status": take the status alone, keep everything else as it is stored. */
  readonly subresource?: "status";
  /** What to do about unknown fields; Kubernetes' default is Warn. */
  readonly fieldValidation?: FieldValidation;
}

/** The object as it may be stored, or every fault of it (and the same as the error the API answers with). */
export type Prepared<S, T> =
  | { readonly object: KubeObject<S, T>; readonly warnings: readonly string[] }
  | { readonly issues: readonly FieldIssue[]; readonly error: StatusError };

type JsonObject = Readonly<Record<string, unknown>>;

/** Layer 1: is this an object of this kind at all? Throws StatusError (400). Metadata and spec are still as sent. */
export function decodeObject(definition: ResourceDefinition, raw: unknown): KubeObject {
  if (!isRecord(raw)) throw badRequest(`the body must be one object, got ${show(raw)}`);
  const { apiVersion, kind, metadata, spec } = raw;
  const { apiVersion: wanted, servedKind } = definition;
  if (apiVersion !== wanted || (kind !== definition.kind && kind !== servedKind))
    throw badRequest(
      `the body must be ${servedKind} in ${wanted}, got ${typeof kind === "string" ? kind : show(kind)} in ${typeof apiVersion === "string" ? apiVersion : show(apiVersion)}`,
    );
  if (!isRecord(metadata)) throw badRequest(`metadata: must be an object, got ${show(metadata)}`);
  if (!definition.flat && spec !== undefined && spec !== null && !isRecord(spec))
    throw badRequest(`spec: must be an object, got ${show(spec)}`);
  return raw as unknown as KubeObject;
}

/**
 * Layers 1-5: decode, default, canonical scalars, schema, cross-field, programmatic and transition rules. Never throws; finds every
 * fault, not the first. Faults of the type hide those of the rules, which could not be judged. A `generateName` must have become a
 * name (`generatedName`), and a namespace in the URL part of the object, before. About 15 µs for a policy of three rules.
 */
export function prepareObject<S, T>(
  definition: ResourceDefinition<S, T>,
  raw: unknown,
  { operation, old, subresource, fieldValidation = "Warn" }: PrepareOptions,
): Prepared<S, T> {
  let decoded: KubeObject;
  try {
    decoded = decodeObject(definition, raw);
  } catch (error) {
    return { issues: [], error: error as StatusError }; // decodeObject throws nothing else
  }
  const findings = new Findings();
  const { report } = findings;
  const meta = decodeMetadata(decoded.metadata as unknown as JsonObject);
  for (const issue of meta.issues) findings.add(issue);
  for (const path of [...unknownTopLevel(definition, decoded), ...meta.unknown]) findings.addUnknown(path);
  const metadata = ownedMetadata(meta.metadata, operation, old);
  const status =
    isNone(decoded.status) || definition.status === undefined
      ? undefined
      : parsePart(definition.status, decoded.status, "status", findings);
  if (subresource === "status" && old !== undefined)
    return statusOnly({ definition, metadata, status, old, findings, fieldValidation });
  const spec = definition.flat
    ? parsePart(definition.spec, flatFieldsOf(decoded), "", findings)
    : parsePart(definition.spec, decoded.spec ?? {}, "spec", findings);

  if (!findings.hasMistyped) {
    // Every field has its declared type from here on, or is missing and reported.
    definition.complete({ metadata, spec });
    definition.rules(spec, report, metadata);
    if (old !== undefined) definition.transition(spec, definition.flat ? flatFieldsOf(old) : old.spec, report);
  }
  checkMetadata(metadata, report, definition);
  checkVersion(metadata, operation, report);

  const refused = findings.refused(fieldValidation);
  if (refused.length > 0) return { issues: refused, error: errorFor(definition, metadata.name, refused) };
  if (old !== undefined && meta.metadata.uid !== undefined && meta.metadata.uid !== old.metadata.uid)
    return {
      issues: [],
      error: conflict(
        { kind: definition.kind, name: metadata.name },
        `the UID in the precondition (${meta.metadata.uid}) is not that of the stored object (${old.metadata.uid}): it was deleted and created again`,
      ),
    };
  // With a status subresource the main one neither sets nor loses status.
  const current = definition.statusSubresource ? old?.status : status;
  return {
    object: objectOf(definition, metadata, spec as S, current as T | undefined), // the schemas' own output types
    warnings: findings.warnings(fieldValidation),
  };
}

/** Layer 6: rules that need other objects or the old one. Pure; call it inside the transaction that writes. */
export function storeIssues<S, T>(
  definition: ResourceDefinition<S, T>,
  context: StoreContext,
): StatusError | undefined {
  return definition.store(context);
}

/** What a write to the status endpoint makes: the stored object with a new status. */
function statusOnly<S, T>(write: {
  readonly definition: ResourceDefinition<S, T>;
  readonly metadata: ObjectMeta;
  readonly status: unknown;
  readonly old: KubeObject;
  readonly findings: Findings;
  readonly fieldValidation: FieldValidation;
}): Prepared<S, T> {
  const { definition, metadata, old, findings, fieldValidation } = write;
  checkVersion(metadata, "update", findings.report);
  const issues = findings.refused(fieldValidation);
  if (issues.length > 0) return { issues, error: errorFor(definition, metadata.name, issues) };
  const { resourceVersion } = metadata;
  const kept = { ...old.metadata, ...(resourceVersion !== undefined && { resourceVersion }) };
  const spec = definition.flat ? flatFieldsOf(old) : old.spec;
  return {
    object: objectOf(definition, kept, spec as S, write.status as T | undefined),
    warnings: findings.warnings(fieldValidation),
  };
}

function objectOf<S, T>(
  { kind, apiVersion, flat }: ResourceDefinition<S, T>,
  metadata: ObjectMeta,
  spec: S,
  status: T | undefined,
): KubeObject<S, T> {
  const fields = flat ? (spec as { readonly spec: S }) : { spec }; // of a flat kind they are the object's own
  return { apiVersion, kind, metadata, ...fields, ...(status !== undefined && { status }) };
}

/** What a kind without `spec` says beside type and metadata. */
function flatFieldsOf(object: KubeObject): JsonObject {
  const { apiVersion: _a, kind: _k, metadata: _m, status: _s, ...fields } = object;
  return fields;
}

function unknownTopLevel(definition: ResourceDefinition, raw: object): string[] {
  const keys = definition.flat ? Object.keys(raw).filter((key) => key === "status") : Object.keys(raw); // the others are its fields
  return keys.filter(
    (key) =>
      key !== "apiVersion" &&
      key !== "kind" &&
      key !== "metadata" &&
      key !== "spec" &&
      !(key === "status" && (definition.status !== undefined || isEmptyStatus(raw))),
  );
}

/** Tools print `status: {}` for kinds that have none. */
function isEmptyStatus(raw: { status?: unknown }): boolean {
  return raw.status === null || (isRecord(raw.status) && Object.keys(raw.status).length === 0);
}

/** Fields the server owns: cleared on create, kept on update whatever the client says. */
function ownedMetadata(sent: ObjectMeta, operation: "create" | "update", old: KubeObject | undefined): ObjectMeta {
  const { uid: _u, creationTimestamp: _c, generation: _g, ...rest } = sent;
  const { deletionTimestamp: _d, deletionGracePeriodSeconds: _p, ...own } = rest;
  if (operation === "create" || old === undefined) return own;
  const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  return {
    ...own,
    ...(uid !== undefined && { uid }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
  };
}

function checkVersion(metadata: ObjectMeta, operation: "create" | "update", report: Report): void {
  const isSet = metadata.resourceVersion !== undefined;
  if (operation === "create" && isSet)
    report(
      "metadata.resourceVersion",
      "FieldValueForbidden",
      `must not be set on an object to be created, got ${show(metadata.resourceVersion)}; remove it, or update the existing object`,
    );
  if (operation === "update" && !isSet)
    report(
      "metadata.resourceVersion",
      "FieldValueInvalid",
      "must be specified for an update; read the object and send its resourceVersion",
    );
}

/** What is wrong with one object. A hostile one may have a million faults: the first of them are kept, the others counted. */
class Findings {
  readonly unknown: FieldIssue[] = [];
  readonly #issues: FieldIssue[] = [];
  #untoldUnknown = 0;
  #untold = 0;
  hasMistyped = false;

  readonly report: Report = (field, reason, message) => this.add({ field, reason, message });

  add(issue: FieldIssue): void {
    this.hasMistyped ||= isMistyped(issue.reason);
    if (this.#issues.length < MAX_TOLD) this.#issues.push(issue);
    else this.#untold++;
  }

  addUnknown(path: string): void {
    if (this.unknown.length < MAX_TOLD) this.unknown.push(unknownIssue(path));
    else this.#untoldUnknown++;
  }

  addAll(found: readonly z.core.$ZodRawIssue[], root: string): void {
    for (const issue of found)
      if (issue.code !== "unrecognized_keys") this.#addZod(issue, root);
      else for (const key of issue.keys) this.addUnknown(formatPath(root, [...(issue.path ?? []), key]));
  }

  /** Everything that this way of validating fields refuses the object for. */
  refused(fieldValidation: FieldValidation): readonly FieldIssue[] {
    const unknown = fieldValidation === "Strict" ? [...this.unknown, ...more(this.#untoldUnknown, `${UNKNOWN}s`)] : [];
    return [...unknown, ...this.#issues, ...more(this.#untold, "faults")];
  }

  /** Of what is dropped. */
  warnings(fieldValidation: FieldValidation): readonly string[] {
    return fieldValidation === "Warn" ? this.unknown.map(({ message }) => message) : [];
  }

  /** Past what is told only the question is left whether rules can look at the value. */
  #addZod(issue: z.core.$ZodRawIssue, root: string): void {
    if (this.#issues.length < MAX_TOLD) return this.add(issueFromZod(issue, root));
    this.hasMistyped ||= isMistyped(reasonFromZod(issue));
    this.#untold++;
  }
}

function more(count: number, of: string): FieldIssue[] {
  return count === 0 ? [] : [{ field: "", reason: "FieldValueTooMany", message: `${of}: ${count} more` }];
}

/** The part as its schema makes it. On faults the value is as complete as can be, so that the rules can still look at it. */
function parsePart(schema: z.ZodType, sent: unknown, root: string, findings: Findings): unknown {
  for (const path of prototypeKeys(sent))
    findings.report(formatPath(root, path), "FieldValueInvalid", `must have no key ${PROTOTYPE}`);
  const raw = withoutZeros(schema, sent);
  const fast = runOn(compiled(schema), raw);
  if (fast.issues.length === 0) return fast.value;
  const bare = withoutNulls(raw);
  const { value, issues } = bare === raw ? fast : runOn(schema, bare);
  findings.addAll(issues, root);
  return value;
}

/** Unlike safeParse it also hands out what it made of a faulty input, and does not word faults that nobody is told. */
function runOn(schema: z.ZodType, value: unknown): z.core.ParsePayload {
  return schema._zod.run({ value, issues: [] }, { async: false }) as z.core.ParsePayload; // no schema of ours is async
}

/** No object of ours nests deeper; hostile input may. */
const MAX_DEPTH = 32;

const PROTOTYPE = "__proto__";

/** Where a key is called so. Maps of a schema pass over it without a word: a selector by that label alone would select everybody. */
function prototypeKeys(value: unknown, depth = 0): readonly (readonly PropertyKey[])[] {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return [];
  const found: (readonly PropertyKey[])[] = Object.hasOwn(value, PROTOTYPE) ? [[]] : [];
  for (const [key, held] of Object.entries(value)) {
    const below = prototypeKeys(held, depth + 1);
    for (const path of below) found.push([Array.isArray(value) ? Number(key) : key, ...path]);
  }
  return found;
}

/** A null field is an absent field, as in Kubernetes; nulls inside lists stay. The value itself if it has none. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, depth + 1));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  let isSame = true;
  const kept = Object.entries(value).flatMap(([key, held]): [string, unknown][] => {
    const item = held === null ? undefined : withoutNulls(held, depth + 1);
    isSame &&= item === held;
    return held === null ? [] : [[key, item]];
  });
  return isSame ? value : Object.fromEntries(kept);
}

function isNone(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isMistyped(reason: FieldReason): boolean {
  return reason === "FieldValueTypeInvalid" || reason === "FieldValueRequired";
}

const UNKNOWN = "unknown field";

function unknownIssue(path: string): FieldIssue {
  return { field: path, reason: "FieldValueForbidden", message: `${UNKNOWN} ${JSON.stringify(path)}` };
}

/** What cannot be decoded is a bad request, the rest an invalid object; the causes list everything either way. */
function errorFor({ kind, servedKind }: ResourceDefinition, name: string, issues: readonly FieldIssue[]): StatusError {
  const unknown = issues.filter(({ message }) => message.startsWith(UNKNOWN));
  if (unknown.length > 0)
    return badRequest(`strict decoding error: ${unknown.map(({ message }) => message).join(", ")}`, issues);
  const mistyped = issues.filter(({ reason }) => reason === "FieldValueTypeInvalid");
  if (mistyped.length === 0) return invalid(kind, name, issues);
  const list = mistyped.map(({ field, message }) => `${field}: ${message}`).join(", ");
  return badRequest(
    `${servedKind} in version "${groupVersionOf(kind).version}" cannot be handled as a ${servedKind}: ${list}`,
    issues,
  );
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
