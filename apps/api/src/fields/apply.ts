import { applied, DuplicateItem, formatPath, has, settled } from "@percale/fields";
import type { Applied, FieldConflict, Live } from "@percale/fields";
import { invalid, refOf, StatusError } from "@percale/resources";
import type { KubeObject, ManagedFields, ResourceDefinition } from "@percale/resources";
import { allFields, areTooMany, keptOwners, managersOf, ownerKey, ownerOfKey } from "./entries.ts";
import { kindType } from "./kind-type.ts";
import { KUBECTL, lastAppliedFields, withLastApplied } from "./last-applied.ts";

/** What server-side apply is asked for. */
export interface Application {
  readonly definition: ResourceDefinition;
  /** What the manager wants, and no more: the part of the object that is its own. */
  readonly config: KubeObject;
  /** Absent: it is created. */
  readonly old?: KubeObject;
  readonly subresource?: "status";
  readonly manager: string;
  /** Take over what others own and this changes. */
  readonly force: boolean;
  /** RFC 3339. */
  readonly at: string;
}

/** In between the object is checked, completed and its scalars are brought into their canonical form. */
export interface Proposed {
  readonly object: KubeObject;
  /** Who owns what once it is. Throws StatusError 409 with every conflict. */
  readonly owners: (checked: KubeObject) => ManagedFields | undefined;
}

/** Owner of all that was there before anybody applied. */
const BEFORE = ownerKey({ manager: "before-first-apply", operation: "Update" });

export function applyConfig(application: Application): Proposed {
  const { definition, old, subresource, manager, force, at } = application;
  const config = ownPart(application.config, definition, subresource);
  const self = ownerKey({ manager, operation: "Apply", ...(subresource !== undefined && { subresource }) });
  const live = liveOf(definition, old);
  const result = appliedOrInvalid(live, config, self);
  const object = withVersion(result.object as KubeObject, old, config); // what a config and an object make is one, checked next
  return {
    object: manager === KUBECTL ? withLastApplied(object, config) : object,
    owners: (checked) => {
      const { conflicts, managers } = settled(live, result, { manager: self, checked });
      const refused = force ? [] : withoutOwn(conflicts, application);
      if (refused.length > 0) throw conflictError(checked, definition, refused);
      const before = { managers: live.managers, owners: old?.metadata.managedFields };
      const kept = keptOwners(managers, before, old === undefined ? undefined : at);
      if (kept !== undefined && areTooMany(kept)) throw tooManyFields();
      return kept;
    },
  };
}

function tooManyFields(): StatusError {
  const message =
    "too many fields would have owners of their own: split the object, or write it without server-side apply";
  return new StatusError("RequestEntityTooLarge", message);
}

/** Status is applied through its own address, and nothing else is. */
function ownPart(
  config: KubeObject,
  { statusSubresource }: ResourceDefinition,
  subresource: "status" | undefined,
): KubeObject {
  const { apiVersion, kind, metadata, status, ...rest } = config;
  if (subresource === "status") {
    const { name, namespace, uid, resourceVersion } = metadata;
    const named = JSON.parse(JSON.stringify({ name, namespace, uid, resourceVersion })) as KubeObject["metadata"]; // without what is undefined
    return { apiVersion, kind, metadata: named, ...(status !== undefined && { status }) } as KubeObject;
  }
  return statusSubresource ? { apiVersion, kind, metadata, ...rest } : config;
}

function liveOf(definition: ResourceDefinition, old: KubeObject | undefined): Live {
  const type = kindType(definition);
  if (old === undefined)
    return { object: { apiVersion: definition.apiVersion, kind: definition.kind }, type, managers: new Map() };
  const isFollowed = old.metadata.managedFields !== undefined;
  const managers = isFollowed ? managersOf(definition, old) : new Map([[BEFORE, allFields(definition, old)]]);
  const { managedFields: _, ...metadata } = old.metadata;
  return { object: { ...old, metadata }, type, managers };
}

function appliedOrInvalid(live: Live, config: KubeObject, self: string): Applied {
  try {
    return applied(live, config, self);
  } catch (error) {
    if (!(error instanceof DuplicateItem)) throw error;
    const { kind, metadata } = config;
    throw invalid(kind, metadata.name, [{ field: "", reason: "FieldValueDuplicate", message: error.message }]);
  }
}

/** Without a version in the config the write follows what was read: whoever is late tries again. */
function withVersion(object: KubeObject, old: KubeObject | undefined, config: KubeObject): KubeObject {
  const resourceVersion = config.metadata.resourceVersion ?? old?.metadata.resourceVersion;
  if (resourceVersion === undefined) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

/** kubectl's own client-side applies of before are no other manager's. */
function withoutOwn(
  conflicts: readonly FieldConflict[],
  { definition, old, manager }: Pick<Application, "definition" | "old" | "manager">,
): readonly FieldConflict[] {
  if (manager !== KUBECTL || old === undefined || conflicts.length === 0) return conflicts;
  const own = lastAppliedFields(definition, old);
  return conflicts.filter(({ path }) => !has(own, path));
}

function conflictError(
  object: KubeObject,
  { group, servedPlural }: ResourceDefinition,
  conflicts: readonly FieldConflict[],
): StatusError {
  const told = conflicts.map(({ manager, path }) => ({ owner: ownerWords(manager, object), field: formatPath(path) }));
  const [first] = told;
  const list = [...Map.groupBy(told, ({ owner }) => owner)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = list.map(
    ([owner, fields]) => `conflicts with ${owner}:\n${fields.map(({ field }) => `- ${field}`).join("\n")}`,
  );
  const message =
    told.length === 1 && first !== undefined
      ? `Apply failed with 1 conflict: conflict with ${first.owner}: ${first.field}`
      : `Apply failed with ${told.length} conflicts: ${lines.join("\n")}`;
  const causes = told.map(({ owner, field }) => ({
    reason: "FieldManagerConflict" as const,
    message: `conflict with ${owner}`,
    field,
  }));
  return new StatusError("Conflict", message, {
    causes,
    details: { name: refOf(object).name, group, kind: servedPlural },
  });
}

function ownerWords(key: string, { apiVersion }: KubeObject): string {
  const { manager, operation, subresource } = ownerOfKey(key);
  const part = subresource === undefined ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${part}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}
