import { ManagedFields } from "./managed-fields.ts";
import type { FieldsEntry } from "./managed-fields.ts";
import type { KubeObject, ObjectMeta } from "./object.ts";

/** An object as the server writes it down for itself: with the owners of its fields. */
export type StoredObject = Omit<KubeObject, "metadata"> & {
  readonly metadata: Omit<ObjectMeta, "managedFields"> & { readonly managedFields?: readonly FieldsEntry[] };
};

/** Both leave every part at its place: readers find metadata before what may hold others. */
export function storedForm(object: KubeObject): StoredObject {
  const { managedFields, ...metadata } = object.metadata;
  if (managedFields === undefined) return object as unknown as StoredObject; // without owners the two are one
  return { ...object, metadata: { ...metadata, managedFields: managedFields.entries } };
}

/** The object that was written down. */
export function fromStored(stored: StoredObject): KubeObject {
  const { managedFields, ...metadata } = stored.metadata;
  if (managedFields === undefined) return stored as unknown as KubeObject; // without owners the two are one
  const owners = ManagedFields.of(managedFields);
  return { ...stored, metadata: { ...metadata, ...(owners !== undefined && { managedFields: owners }) } };
}
