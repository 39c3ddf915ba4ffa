import { isSameJson } from "@percale/resources";
import { isRecord, own } from "./record.ts";
import { insert } from "./set.ts";
import type { FieldSet, Growing } from "./set.ts";
import { fieldStep, itemStep } from "./step.ts";
import { typeFor, typeOfField } from "./type.ts";
import type { FieldType, ListType, MapType } from "./type.ts";

/** Which fields are not the same in two values of a type. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compare(before: unknown, after: unknown, type: FieldType): Comparison {
  const changes: Changes = { added: new Map(), modified: new Map(), removed: new Map() };
  walk(before, after, type, [], changes);
  return changes;
}

interface Changes {
  readonly added: Growing;
  readonly modified: Growing;
  readonly removed: Growing;
}

function walk(before: unknown, after: unknown, declared: FieldType, path: string[], changes: Changes): void {
  if (before === after) return; // stored objects share what did not change
  const types = [typeFor(declared, before ?? after), typeFor(declared, after ?? before)] as const;
  // What no schema says may have become another sort of value: what was in the old one goes, what is in the new one comes.
  const isOne = walkAs(types[0], before, after, path, changes);
  if (types[0].kind !== types[1].kind) walkAs(types[1], before, after, path, changes);
  if (isOne) return;
  if (before === undefined) insert(changes.added, path);
  else if (after === undefined) insert(changes.removed, path);
}

/** True if the two were compared as one value each. */
function walkAs(type: Resolved, before: unknown, after: unknown, path: string[], changes: Changes): boolean {
  // Nothing below tells null, absent and empty apart.
  const isOne = isWhole(type) || (isEmpty(type, before) && isEmpty(type, after));
  if (!isOne && type.kind === "map") walkFields(before, after, type, path, changes);
  if (!isOne && type.kind === "list") walkItems(before, after, type, path, changes);
  if (!isOne) return false;
  if (before === undefined) insert(changes.added, path);
  else if (after === undefined) insert(changes.removed, path);
  else if (!isSameJson(before, after)) insert(changes.modified, path);
  return true;
}

type Resolved = ReturnType<typeof typeFor>;

function isWhole(type: Resolved): boolean {
  switch (type.kind) {
    case "scalar":
      return true;
    case "map":
      return type.isAtomic;
    case "list":
      return type.merge === "atomic";
  }
}

function isEmpty({ kind }: Resolved, value: unknown): boolean {
  return kind === "map"
    ? !isRecord(value) || Object.keys(value).length === 0
    : !Array.isArray(value) || value.length === 0;
}

function walkFields(before: unknown, after: unknown, type: MapType, path: string[], changes: Changes): void {
  const [left, right] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const of = typeOfField(type, name);
    if (of === undefined) continue;
    path.push(fieldStep(name));
    walk(own(left, name), own(right, name), of, path, changes);
    path.pop();
  }
}

function walkItems(before: unknown, after: unknown, type: ListType, path: string[], changes: Changes): void {
  const [left, right] = [itemsByStep(before, type), itemsByStep(after, type)];
  for (const step of new Set([...left.keys(), ...right.keys()])) {
    const [olds, news] = [left.get(step) ?? [], right.get(step) ?? []];
    path.push(step);
    // What occurs twice is one value as long as it does.
    if (olds.length <= 1 && news.length <= 1) walk(olds[0], news[0], type.items, path, changes);
    else if (olds.length > 1 && news.length > 1) {
      if (!isSameJson(olds, news)) insert(changes.modified, path);
    } else if (olds.length > 1) {
      if (news.length > 0) walk(undefined, news[0], type.items, path, changes);
      insert(changes.removed, path);
    } else {
      if (olds.length > 0) walk(olds[0], undefined, type.items, path, changes);
      insert(changes.added, path);
    }
    path.pop();
  }
}

/** The items of a list by the step that tells them apart, in order; what has none is left out. */
export function itemsByStep(value: unknown, type: ListType): Map<string, unknown[]> {
  const items = new Map<string, unknown[]>();
  for (const item of Array.isArray(value) ? (value as readonly unknown[]) : []) {
    const step = itemStep(type, item);
    if (step === undefined) continue;
    const same = items.get(step);
    if (same === undefined) items.set(step, [item]);
    else same.push(item);
  }
  return items;
}
