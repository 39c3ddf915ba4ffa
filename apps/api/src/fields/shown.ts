import { formatFieldsV1 } from "@percale/fields";
import type { FieldsEntry, KubeObject, ResourceDefinition } from "@percale/resources";
import { allFields } from "./entries.ts";

/** Objects that were made alike own alike: of equal texts one is kept. */
const MAX_TEXTS = 4_096;
const texts = new Map<string, string>();
const allByObject = new WeakMap<KubeObject, string>();

/** `metadata.managedFields` as Kubernetes shows it, as JSON; undefined where nobody owns anything. */
export function shownOwners(definition: ResourceDefinition, object: KubeObject): string | undefined {
  const { managedFields, creationTimestamp } = object.metadata;
  if (managedFields === undefined) return undefined;
  const shown = managedFields.entries.map((entry) => shownEntry(definition, object, entry, creationTimestamp));
  return `[${shown.join(",")}]`;
}

export function shownEntries(definition: ResourceDefinition, object: KubeObject): unknown[] {
  return JSON.parse(shownOwners(definition, object) ?? "[]") as unknown[];
}

function shownEntry(
  definition: ResourceDefinition,
  object: KubeObject,
  { manager, operation, subresource, time, fields }: FieldsEntry,
  created: string | undefined,
): string {
  const at = time ?? created;
  const around = `"manager":${JSON.stringify(manager)},"operation":"${operation}","apiVersion":"${definition.apiVersion}"`;
  const when = at === undefined ? "" : `,"time":${JSON.stringify(at)}`;
  const part = subresource === undefined ? "" : `,"subresource":"${subresource}"`;
  return `{${around}${when},"fieldsType":"FieldsV1","fieldsV1":${fields ?? allOf(definition, object)}${part}}`;
}

function allOf(definition: ResourceDefinition, object: KubeObject): string {
  let text = allByObject.get(object);
  if (text === undefined) {
    const made = formatFieldsV1(allFields(definition, object));
    text = texts.get(made) ?? made;
    if (texts.size >= MAX_TEXTS) texts.clear();
    texts.set(text, text);
    allByObject.set(object, text);
  }
  return text;
}

const METADATA = '"metadata":{';

/** An object's JSON with its owners in it. `text` begins with type and metadata, as all that is made here does. */
export function withOwners(text: string, owners: string | undefined): string {
  if (owners === undefined) return text;
  const at = text.indexOf(METADATA) + METADATA.length;
  return `${text.slice(0, at)}"managedFields":${owners},${text.slice(at)}`;
}
