import { show } from "./issue.ts";
import type { FieldIssue, Report } from "./issue.ts";
import type { ObjectMeta } from "./object.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const MAX_ANNOTATION_BYTES = 262_144;

/** The JSON types in `metadata`, each with its words. */
const TYPES = {
  string: { words: "a string", holds: isText },
  number: { words: "a whole number", holds: Number.isInteger },
  strings: { words: "a list of strings", holds: (value) => Array.isArray(value) && value.every(isText) },
  map: {
    words: "a map of strings",
    holds: (value) => isObject(value) && !Array.isArray(value) && Object.values(value).every(isText),
  },
  list: { words: "a list of objects", holds: (value) => Array.isArray(value) && value.every(isObject) },
} satisfies Record<string, { readonly words: string; readonly holds: (value: unknown) => boolean }>;

/** What Kubernetes accepts there, and the type of each. `selfLink` is history; who owns which fields admission says. */
const TYPE_BY_FIELD: Readonly<Record<string, keyof typeof TYPES | "dropped">> = {
  name: "string",
  generateName: "string",
  namespace: "string",
  uid: "string",
  resourceVersion: "string",
  generation: "number",
  creationTimestamp: "string",
  deletionTimestamp: "string",
  deletionGracePeriodSeconds: "number",
  labels: "map",
  annotations: "map",
  finalizers: "strings",
  ownerReferences: "list",
  managedFields: "dropped",
  selfLink: "dropped",
};

export function isDnsLabel(text: string): boolean {
  return LABEL.test(text);
}

/** A DNS subdomain of at most 253 characters: what most names are. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

export interface DecodedMetadata {
  readonly metadata: ObjectMeta;
  readonly issues: readonly FieldIssue[];
  /** Paths, `metadata.foo`. */
  readonly unknown: readonly string[];
}

/** The known, well-typed part of raw metadata. Nulls and empty maps count as absent. */
export function decodeMetadata(raw: Readonly<Record<string, unknown>>): DecodedMetadata {
  const metadata: Record<string, unknown> = {};
  const issues: FieldIssue[] = [];
  const unknown: string[] = [];
  for (const [field, value] of Object.entries(raw)) {
    const type = Object.hasOwn(TYPE_BY_FIELD, field) ? TYPE_BY_FIELD[field] : undefined;
    if (type === undefined) unknown.push(`metadata.${field}`);
    else if (value === null || value === undefined || value === "" || type === "dropped") continue;
    else if (!TYPES[type].holds(value)) {
      const message = `must be ${TYPES[type].words}, got ${show(value)}`;
      issues.push({ field: `metadata.${field}`, reason: "FieldValueTypeInvalid", message });
    } else if (typeof value !== "object" || Object.keys(value).length > 0) metadata[field] = value;
  }
  return { metadata: { name: "", ...metadata }, issues, unknown };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Rules that hold for every kind's metadata; `nameFault` narrows the name. */
export function checkMetadata(
  metadata: ObjectMeta,
  report: Report,
  kind: { readonly namespaced: boolean; readonly nameFault: ((name: string) => string | undefined) | undefined },
): void {
  const { name, namespace, labels, annotations } = metadata;
  if (name === "") report("metadata.name", "FieldValueRequired", "name or generateName is required");
  else {
    const fault = kind.nameFault === undefined ? subdomainFault(name) : kind.nameFault(name);
    if (fault !== undefined) report("metadata.name", "FieldValueInvalid", `${fault}, got ${show(name)}`);
  }
  if (!kind.namespaced && namespace !== undefined)
    report("metadata.namespace", "FieldValueForbidden", "not allowed on this type: the kind is cluster-scoped");
  if (kind.namespaced && namespace === undefined) report("metadata.namespace", "FieldValueRequired", "is required");
  if (kind.namespaced && namespace !== undefined && !isDnsLabel(namespace))
    report("metadata.namespace", "FieldValueInvalid", `must be a DNS label, got ${show(namespace)}`);
  if (labels !== undefined) checkLabels(labels, "metadata.labels", report);
  if (annotations !== undefined) checkAnnotations(annotations, "metadata.annotations", report);
  for (const [i, finalizer] of (metadata.finalizers ?? []).entries()) {
    const fault = qualifiedNameFault(finalizer);
    if (fault !== undefined) report(`metadata.finalizers[${i}]`, "FieldValueInvalid", fault);
  }
}

export function subdomainFault(name: string): string | undefined {
  if (name.length > 253) return "must have at most 253 characters";
  return SUBDOMAIN.test(name)
    ? undefined
    : "must be lower-case letters, digits, - and . with a letter or digit at each end of each part";
}

/** Keys and values as Kubernetes wants labels. */
export function checkLabels(labels: Readonly<Record<string, string>>, field: string, report: Report): void {
  for (const [key, value] of Object.entries(labels)) {
    const fault = qualifiedNameFault(key);
    if (fault !== undefined) report(field, "FieldValueInvalid", fault);
    const wrong = labelValueFault(value);
    if (wrong !== undefined) report(`${field}[${key}]`, "FieldValueInvalid", `${wrong}, got ${show(value)}`);
  }
}

export function labelValueFault(value: string): string | undefined {
  return value === "" || QUALIFIED_NAME.test(value)
    ? undefined
    : "must be empty or at most 63 letters, digits, - _ . with a letter or digit at both ends";
}

/** Keys are checked lower-cased; all keys and values together have a limit. */
export function checkAnnotations(annotations: Readonly<Record<string, string>>, field: string, report: Report): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    bytes += byteLength(key) + byteLength(value);
    const fault = qualifiedNameFault(key.toLowerCase());
    if (fault !== undefined) report(field, "FieldValueInvalid", fault);
  }
  if (bytes > MAX_ANNOTATION_BYTES)
    report(field, "FieldValueTooLong", `keys and values may have ${MAX_ANNOTATION_BYTES} bytes together, got ${bytes}`);
}

/** Undefined if the key is a Kubernetes qualified name: `[prefix/]name`. */
export function qualifiedNameFault(key: string): string | undefined {
  const slash = key.indexOf("/");
  const prefix = key.slice(0, Math.max(slash, 0));
  const name = key.slice(slash + 1);
  const isGood = QUALIFIED_NAME.test(name) && (slash < 0 || isSubdomain(prefix));
  return isGood
    ? undefined
    : `key must be [prefix/]name: a DNS subdomain, then at most 63 letters, digits, - _ . ; got ${show(key)}`;
}

/** UTF-8 bytes, without encoding text that is all ASCII. */
function byteLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- exactly the ASCII range
  return /^[\x00-\x7f]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;
}

const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** A name from `generateName`: the prefix cut to 58 characters and 5 random ones without vowels. `random` answers in [0, 1). */
export function generatedName(prefix: string, random: () => number): string {
  const tail = Array.from({ length: 5 }, () => NAME_ALPHABET[Math.floor(random() * NAME_ALPHABET.length)]);
  return prefix.slice(0, 58) + tail.join("");
}
