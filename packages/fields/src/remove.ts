import { isRecord, setOwn } from "./record.ts";
import { NOTHING } from "./set.ts";
import type { FieldNode, FieldSet } from "./set.ts";
import { fieldOf, fieldStep, itemStep } from "./step.ts";
import { typeFor, typeOfField } from "./type.ts";
import type { FieldType, ListType, MapType } from "./type.ts";

/** The value without the fields of a set, each with all that lies below it. What nothing is left of is null. */
export function remove(value: unknown, set: FieldSet, declared: FieldType): unknown {
  const type = typeFor(declared, value);
  switch (type.kind) {
    case "scalar":
      return value;
    case "map":
      return type.isAtomic || !isRecord(value) ? null : withoutFields(value, set, type);
    case "list":
      return type.merge === "atomic" || !Array.isArray(value) ? null : withoutItems(value, set, type);
  }
}

function withoutFields(value: Readonly<Record<string, unknown>>, set: FieldSet, type: MapType): unknown {
  const kept: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const { isMember, below } = nodeAt(set, fieldStep(name));
    if (isMember) continue;
    const of = typeOfField(type, name);
    setOwn(kept, name, below.size === 0 || of === undefined ? field : remove(field, below, of));
  }
  return Object.keys(kept).length === 0 ? null : kept;
}

function withoutItems(value: readonly unknown[], set: FieldSet, type: ListType): unknown {
  const kept: unknown[] = [];
  for (const item of value) {
    const { isMember, below } = nodeAt(set, itemStep(type, item) ?? "");
    if (!isMember) kept.push(below.size === 0 ? item : remove(item, below, type.items));
  }
  return kept.length === 0 ? null : kept;
}

const NOBODY: FieldNode = { isMember: false, below: NOTHING };

function nodeAt(set: FieldSet, step: string): FieldNode {
  return set.get(step) ?? NOBODY;
}

/** The set with the declared fields that lead to its members: whoever owns `a.b` keeps `a`, which would go with the last that is in it. */
export function withParents(set: FieldSet, declared: FieldType): FieldSet {
  const type = declared.kind === "any" ? undefined : declared;
  return new Map(
    [...set].map(([step, { isMember, below }]) => {
      const name = fieldOf(step);
      const isDeclared = name !== undefined && type?.kind === "map" && type.fields.has(name) && below.size > 0;
      return [step, { isMember: isMember || isDeclared, below: withParents(below, typeBelow(type, name)) }] as const;
    }),
  );
}

function typeBelow(type: FieldType | undefined, name: string | undefined): FieldType {
  if (type?.kind === "list") return type.items;
  if (type?.kind === "map" && name !== undefined) return typeOfField(type, name) ?? { kind: "any" };
  return { kind: "any" };
}
