import { formatOwnerOfAll } from "@percale/fields";
import { encodedText, encodeServed, servedForm } from "@percale/resources";
import type { FieldsEntry, KubeObject, ResourceDefinition } from "@percale/resources";
import { sentPart } from "./entries.ts";
import { kindType } from "./kind-type.ts";

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
  return `{${around}${when},"fieldsType":"FieldsV1","fieldsV1":${fields ?? formatOwnerOfAll(sentPart(definition, object), kindType(definition))}${part}}`;
}

const METADATA = '"metadata":{';
const textByObject = new WeakMap<KubeObject, string>();

/** An object's JSON as Kubernetes' clients get it: with its owners. Made once, as `encodeObject` is, and not kept as both. */
export function encodeShown(definition: ResourceDefinition, object: KubeObject): string {
  if (object.metadata.managedFields === undefined) return encodeServed(object);
  const form = servedForm(object);
  let text = textByObject.get(object);
  if (text === undefined)
    textByObject.set(
      object,
      (text = withOwners(encodedText(form) ?? JSON.stringify(form), shownOwners(definition, object))),
    );
  return text;
}

/** JSON of an object with its owners in it. `text` begins with type and metadata, as all that is made here does. */
export function withOwners(text: string, owners: string | undefined): string {
  if (owners === undefined) return text;
  const at = text.indexOf(METADATA) + METADATA.length;
  return [text.slice(0, at), '"managedFields":', owners, ",", text.slice(at)].join(""); // one flat text, which may be kept for long
}
