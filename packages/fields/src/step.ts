import { isRecord } from "./record.ts";
import type { ListType } from "./type.ts";

/** The step to a field of an object. */
export function fieldStep(name: string): string {
  return `f:${name}`;
}

/** The name of a field's step; undefined for a step into a list. */
export function fieldOf(step: string): string | undefined {
  return step.startsWith("f:") ? step.slice(2) : undefined;
}

/** The step to an item of a list whose items can be told apart: by its value, or by its keys. Undefined for one that has neither. */
export function itemStep({ merge, items }: ListType, item: unknown): string | undefined {
  if (merge === "atomic") return undefined;
  if (merge === "set") return typeof item === "object" ? undefined : `v:${JSON.stringify(item)}`;
  if (!isRecord(item)) return undefined;
  const defaults = items.kind === "map" ? items.defaults : undefined;
  const keys: Record<string, unknown> = {};
  for (const key of merge) {
    const value = Object.hasOwn(item, key) ? item[key] : defaults?.get(key);
    if (value !== undefined) keys[key] = value; // an item may leave keys out, not all of them
  }
  return Object.keys(keys).length === 0 ? undefined : `k:${JSON.stringify(keys)}`;
}

/** A step as somebody else wrote it, in our spelling: equal steps are equal text. Undefined for what is none. */
export function normalStep(text: string): string | undefined {
  if (text.startsWith("f:") && text.length > 2) return text;
  const value = /^[kvi]:/.test(text) ? parsed(text.slice(2)) : undefined;
  if (value === undefined) return undefined;
  // Items are told apart by scalars. Anything else may be nested so deep that nobody could write it again.
  if (text.startsWith("v:")) return isScalar(value) ? `v:${JSON.stringify(value)}` : undefined;
  if (text.startsWith("i:")) return Number.isInteger(value) ? `i:${JSON.stringify(value)}` : undefined;
  if (!isRecord(value) || Object.keys(value).length === 0 || !Object.values(value).every(isScalar)) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

/** As conflicts name a field: `.spec.ports[port=80,protocol="TCP"].name`, `.spec.nets["10.0.0.1"]`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatStep).join("");
}

function formatStep(step: string): string {
  const name = fieldOf(step);
  if (name !== undefined) return `.${name}`;
  const value = parsed(step.slice(2));
  if (!isRecord(value)) return `[${step.startsWith("v:") ? "=" : ""}${JSON.stringify(value)}]`;
  const keys = Object.entries(value).map(([key, one]) => `${key}=${JSON.stringify(one)}`);
  return `[${keys.join(",")}]`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
