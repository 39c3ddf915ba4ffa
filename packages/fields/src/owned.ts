import { isRecord } from "./record.ts";
import { insert } from "./set.ts";
import type { FieldSet, Growing } from "./set.ts";
import { fieldStep, itemStep } from "./step.ts";
import { typeFor, typeOfField } from "./type.ts";
import type { FieldType, ListType, MapType } from "./type.ts";

/** Every field that a value sets: what its sender owns once it is applied. Fields that the type does not know are nobody's. */
export function fieldsOf(value: unknown, type: FieldType): FieldSet {
  const set: Growing = new Map();
  collect(value, type, [], set);
  return set;
}

function collect(value: unknown, declared: FieldType, path: string[], set: Growing): void {
  const type = typeFor(declared, value);
  switch (type.kind) {
    case "scalar":
      return insert(set, path);
    case "list":
      return type.merge === "atomic" ? insert(set, path) : collectItems(value, type, path, set);
    case "map":
      return type.isAtomic ? insert(set, path) : collectFields(value, type, path, set);
  }
}

function collectFields(value: unknown, type: MapType, path: string[], set: Growing): void {
  if (!isRecord(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const of = typeOfField(type, name);
    if (of === undefined || field === undefined) continue;
    path.push(fieldStep(name));
    collect(field, of, path, set);
    // A key of a map is a choice of its own, a declared field is there anyway; but somebody asked for an empty one.
    const isEmpty = field === null || (isRecord(field) && Object.keys(field).length === 0);
    if (isEmpty || !type.fields.has(name)) insert(set, path);
    path.pop();
  }
}

function collectItems(value: unknown, type: ListType, path: string[], set: Growing): void {
  if (!Array.isArray(value)) return;
  const steps = value.map((item) => itemStep(type, item));
  const times = new Map<string | undefined, number>();
  for (const step of steps) times.set(step, (times.get(step) ?? 0) + 1);
  for (const [index, step] of steps.entries()) {
    if (step === undefined) continue;
    path.push(step);
    if (times.get(step) === 1) collect(value[index], type.items, path, set);
    insert(set, path);
    path.pop();
  }
}
