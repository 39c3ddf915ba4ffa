import { afterUpdate } from "@percale/fields";
import { isLongerThan, ManagedFields } from "@percale/resources";
import type { FieldsEntry, KubeObject, ResourceDefinition } from "@percale/resources";
import { SHORT } from "../admission/is-large.ts";
import { areTooMany, keptOwners, managersOf, ownerKey } from "./entries.ts";
import { kindType } from "./kind-type.ts";
import { isReset, parseOwners } from "./sent.ts";
import type { SentOwners } from "./sent.ts";

export interface WrittenObject {
  readonly definition: ResourceDefinition;
  /** As it will be stored. */
  readonly object: KubeObject;
  /** Absent: it is created. */
  readonly old?: KubeObject;
  readonly subresource?: "status";
  /** Absent: the system itself, which owns nothing. */
  readonly manager?: string;
  /** What the client says of them. */
  readonly sent?: SentOwners;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * Who owns what after a write that is no apply. What nobody follows yet stays so, until it is applied; what has fields without end is not
 * followed any more.
 */
export function ownersAfter(write: WrittenObject): ManagedFields | undefined {
  const { definition, object, old, subresource, manager, sent, at } = write;
  const isWhole = subresource === undefined; // a subresource says nothing of the owners
  if (isWhole && isReset(sent)) return old === undefined ? ownersAfter({ ...write, sent: undefined }) : undefined;
  const claimed = isWhole && sent !== undefined ? parseOwners(definition, sent, old) : undefined;
  const owners = claimed ?? old?.metadata.managedFields;
  if (manager === undefined || definition.internal || (old !== undefined && owners === undefined)) return owners;
  const self = { manager, operation: "Update" as const, ...(subresource !== undefined && { subresource }) };
  if (old === undefined && owners === undefined && isPlain(object)) return ManagedFields.of([self]);
  if (isAllOf(self, owners)) return ManagedFields.of([{ ...self, time: at }]);
  const managers = old === undefined ? new Map<string, never>() : managersOf(definition, withOwners(old, owners));
  const now = afterUpdate({ object: old, type: kindType(definition), managers }, object, ownerKey(self));
  const kept = keptOwners(now, { managers, owners }, old === undefined ? undefined : at);
  return kept !== undefined && areTooMany(kept) ? undefined : kept;
}

/** What its fields are can be told from it at any time: nothing else is added to them, and it takes no long look. */
function isPlain(object: KubeObject): boolean {
  return object.metadata.finalizers === undefined && !isLongerThan(object, SHORT.json);
}

function isAllOf(self: FieldsEntry, owners: ManagedFields | undefined): boolean {
  const [only, ...others] = owners?.entries ?? [];
  return only !== undefined && others.length === 0 && only.fields === undefined && ownerKey(only) === ownerKey(self);
}

function withOwners(object: KubeObject, managedFields: ManagedFields | undefined): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...(managedFields !== undefined && { managedFields }) } };
}
