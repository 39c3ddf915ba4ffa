import { formatFieldsV1, isSameSet, NOTHING, ownerOfAll, parseFieldsV1, union } from "@percale/fields";
import type { FieldSet, Managers } from "@percale/fields";
import { ManagedFields } from "@percale/resources";
import type { FieldsEntry, KubeObject, ResourceDefinition } from "@percale/resources";
import { kindType } from "./kind-type.ts";

/** Writes that are told apart: by who, how and to which part of the object. */
export type Owner = Pick<FieldsEntry, "manager" | "operation" | "subresource">;

/** As Kubernetes: the oldest of more become one. */
const MAX_UPDATERS = 10;
const ANCIENT = "ancient-changes";

export function ownerKey({ operation, subresource, manager }: Owner): string {
  return `${operation}/${subresource ?? ""}/${manager}`;
}

export function ownerOfKey(key: string): Owner {
  const [operation, subresource, ...manager] = key.split("/");
  return {
    manager: manager.join("/"),
    operation: operation === "Apply" ? "Apply" : "Update",
    ...(subresource === "status" && { subresource }),
  };
}

/** The owners of a stored object's fields. */
export function managersOf(definition: ResourceDefinition, object: KubeObject): Managers {
  const entries = object.metadata.managedFields?.entries ?? [];
  return new Map(entries.map((entry) => [ownerKey(entry), fieldsOfEntry(definition, object, entry)]));
}

export function fieldsOfEntry(definition: ResourceDefinition, object: KubeObject, { fields }: FieldsEntry): FieldSet {
  if (fields === undefined) return allFields(definition, object);
  return parseFieldsV1(JSON.parse(fields)) ?? NOTHING; // written by us
}

export function allFields(definition: ResourceDefinition, object: KubeObject): FieldSet {
  return ownerOfAll(sentPart(definition, object), kindType(definition));
}

/** An object without what the server adds to it: the status of its own, what holds up its deletion. */
export function sentPart(definition: ResourceDefinition, { status, metadata, ...rest }: KubeObject): object {
  const { finalizers: _, ...kept } = metadata;
  const isSent = status !== undefined && !definition.statusSubresource;
  return { ...rest, metadata: kept, ...(isSent && { status }) };
}

/** Of one object, in characters: it is read and written with each change. A set of 5,000 nets has half as many. */
const MAX_CHARACTERS = 256 * 1024;

export function areTooMany({ entries }: ManagedFields): boolean {
  return entries.reduce((sum, { fields = "" }) => sum + fields.length, 0) > MAX_CHARACTERS;
}

/** As they are kept: whoever owns the same as before keeps the time of the last change. */
export function keptOwners(
  now: Managers,
  before: { readonly managers: Managers; readonly owners: ManagedFields | undefined },
  at: string | undefined,
): ManagedFields | undefined {
  const timeByKey = new Map(before.owners?.entries.map((entry) => [ownerKey(entry), entry.time]));
  const entries = [...capped(now, timeByKey)].map(([key, set]): FieldsEntry => {
    const old = before.managers.get(key);
    const time = old !== undefined && isSameSet(old, set) ? timeByKey.get(key) : at;
    return { ...ownerOfKey(key), ...(time !== undefined && { time }), fields: formatFieldsV1(set) };
  });
  return ManagedFields.of(entries);
}

/** Applies stay, each is somebody's intent. */
function capped(managers: Managers, timeByKey: ReadonlyMap<string, string | undefined>): Managers {
  const updaters = [...managers].filter(([key]) => key.startsWith("Update/"));
  const surplus = updaters.length - MAX_UPDATERS;
  if (surplus <= 0) return managers;
  const timeOf = (key: string): string => (timeByKey.has(key) ? (timeByKey.get(key) ?? "") : "~"); // new ones last
  const ancient = updaters.toSorted(([a], [b]) => (timeOf(a) < timeOf(b) ? -1 : 1)).slice(0, surplus + 1);
  const left = new Map(managers);
  for (const [key] of ancient) left.delete(key);
  left.set(ownerKey({ manager: ANCIENT, operation: "Update" }), ancient.map(([, set]) => set).reduce(union));
  return left;
}
