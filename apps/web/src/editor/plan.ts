import type { Change } from "@percale/protocol";
import { formatRef, type KubeObject, type ObjectRef } from "@percale/resources/catalog";
import { diffValues, type FieldChange } from "./diff.ts";

/** An object of a draft of several, beside what is stored under its name. */
export interface Planned {
  readonly ref: ObjectRef;
  readonly is: "new" | "changed" | "same";
  readonly changes: readonly FieldChange[];
  readonly change: Extract<Change, { readonly op: "create" | "update" }>;
}

/** By `formatRef`; null where nothing is. */
export type Stored = ReadonlyMap<string, KubeObject | null>;

/**
 * What becomes of each object. `prepared`: what the server would make of the changes, one for each; until it said so, what is written counts,
 * in which fields with a default may seem to go.
 */
export function planOf(
  objects: readonly { readonly ref: ObjectRef; readonly object: KubeObject }[],
  stored: Stored,
  prepared?: readonly KubeObject[],
): readonly Planned[] {
  return objects.map(({ ref, object }, index) => {
    const before = stored.get(formatRef(ref)) ?? undefined;
    const changes = diffValues(written(before), written(prepared?.[index] ?? object));
    if (before === undefined) return { ref, is: "new", changes, change: { op: "create", object } };
    return { ref, is: changes.length === 0 ? "same" : "changed", changes, change: updateOf(object, before) };
  });
}

/** Refused if somebody else wrote it meanwhile. */
function updateOf(object: KubeObject, { metadata: { uid, resourceVersion }, status }: KubeObject): Planned["change"] {
  const metadata = {
    ...object.metadata,
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return { op: "update", object: { ...object, metadata, ...(status !== undefined && { status }) } };
}

/** What people write of an object. */
function written(object: KubeObject | undefined): object {
  if (object === undefined) return {};
  const { apiVersion: _a, kind: _k, metadata, status: _s, ...fields } = object;
  const { labels, annotations } = metadata;
  return { ...(labels && { labels }), ...(annotations && { annotations }), ...fields };
}
