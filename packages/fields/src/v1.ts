import { isRecord, setOwn } from "./record.ts";
import type { FieldNode, FieldSet } from "./set.ts";
import { normalStep } from "./step.ts";

/** The set as `fieldsV1` of Kubernetes' managedFields writes it, its steps in order. */
export function formatFieldsV1(set: FieldSet): string {
  return JSON.stringify(written(set));
}

function written(set: FieldSet): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [step, { isMember, below }] of [...set].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const inside = written(below);
    setOwn(result, step, isMember && below.size > 0 ? { ".": {}, ...inside } : inside);
  }
  return result;
}

/** Undefined for what is no field set. */
export function parseFieldsV1(value: unknown): FieldSet | undefined {
  if (!isRecord(value)) return undefined;
  const set = new Map<string, FieldNode>();
  for (const [text, inside] of Object.entries(value)) {
    if (text === ".") continue; // of the field above
    const step = normalStep(text);
    const below = parseFieldsV1(inside);
    if (step === undefined || below === undefined) return undefined;
    set.set(step, { isMember: below.size === 0 || Object.hasOwn(inside as object, "."), below });
  }
  return set;
}
