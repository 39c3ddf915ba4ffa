import { formatFieldsV1, parseFieldsV1 } from "@percale/fields";
import { badRequest, invalid, isSameJson, ManagedFields } from "@percale/resources";
import type { FieldIssue, FieldsEntry, KubeObject, ResourceDefinition } from "@percale/resources";
import { shownEntries } from "./shown.ts";

/** What an object as somebody sent it says about its owners, and the object without that. Throws StatusError 400 and 422. */
export function takeOwners(sent: KubeObject): { readonly object: KubeObject; readonly owners: SentOwners } {
  const { managedFields, ...metadata } = (sent.metadata ?? {}) as unknown as { readonly managedFields?: unknown };
  if (managedFields === undefined || managedFields === null || managedFields instanceof ManagedFields)
    return { object: sent, owners: undefined };
  if (!Array.isArray(managedFields)) throw badRequest("metadata.managedFields: must be a list of objects");
  return { object: { ...sent, metadata } as unknown as KubeObject, owners: managedFields };
}

/** Undefined: nothing, as most clients. */
export type SentOwners = readonly unknown[] | undefined;

/** From here on nobody owns anything: an empty list, or one empty entry, as Kubernetes has it. */
export function isReset(owners: SentOwners): boolean {
  if (owners === undefined) return false;
  return owners.length === 0 || (owners.length === 1 && isSameJson(owners[0], {}));
}

/**
 * Undefined where they say what is stored already. Entries of another version of the kind are dropped, as is the time of those that
 * never changed. Throws 422 for what cannot be read.
 */
export function parseOwners(
  definition: ResourceDefinition,
  owners: readonly unknown[],
  old: KubeObject | undefined,
): ManagedFields | undefined {
  if (old !== undefined && isSameJson(owners, shownEntries(definition, old))) return undefined;
  const issues: FieldIssue[] = [];
  const entries = owners.flatMap((entry, index) => {
    const parsed = entryOf(entry, definition, (field, message) =>
      issues.push({ field: `metadata.managedFields[${index}].${field}`, reason: "FieldValueInvalid", message }),
    );
    return parsed === undefined ? [] : [parsed];
  });
  if (issues.length > 0) throw invalid(definition.kind, old?.metadata.name ?? "", issues);
  return ManagedFields.of(entries);
}

function entryOf(
  sent: unknown,
  { apiVersion }: ResourceDefinition,
  report: (field: string, message: string) => void,
): FieldsEntry | undefined {
  const entry = (sent ?? {}) as Readonly<Record<string, unknown>>;
  const { manager, operation, time, subresource, fieldsType, fieldsV1 } = entry;
  if (operation !== "Apply" && operation !== "Update") {
    report("operation", "must be Apply or Update");
    return undefined;
  }
  if (fieldsType !== undefined && fieldsType !== "FieldsV1") report("fieldsType", "must be FieldsV1");
  const set = parseFieldsV1(fieldsV1);
  if (set === undefined) report("fieldsV1", "is no set of fields");
  if (typeof manager !== "string" || manager.length > 128) report("manager", "must be text of at most 128 characters");
  if (set === undefined || typeof manager !== "string" || entry["apiVersion"] !== apiVersion) return undefined;
  return {
    manager,
    operation,
    ...(subresource === "status" && { subresource }),
    ...(typeof time === "string" && { time }),
    fields: formatFieldsV1(set),
  };
}
