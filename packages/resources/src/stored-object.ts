import { ManagedFields } from "./managed-fields.ts";
import type { FieldsEntry } from "./managed-fields.ts";
import type { KubeObject, ObjectMeta } from "./object.ts";

/** An object as the server writes it down for itself: with the owners of its fields. */
export type StoredObject = Omit<KubeObject, "metadata"> & {
  readonly metadata: Omit<ObjectMeta, "managedFields"> & { readonly managedFields?: readonly FieldsEntry[] };
};

export function storedForm({ metadata: { managedFields, ...metadata }, ...object }: KubeObject): StoredObject {
  return {
    ...object,
    metadata: { ...metadata, ...(managedFields !== undefined && { managedFields: managedFields.entries }) },
  };
}

/** The object that was written down. */
export function fromStored({ metadata: { managedFields = [], ...metadata }, ...object }: StoredObject): KubeObject {
  const owners = ManagedFields.of(managedFields);
  return { ...object, metadata: { ...metadata, ...(owners !== undefined && { managedFields: owners }) } };
}
