import { computedCell } from "./kinds/cells.ts";
import type { CellName } from "./kinds/cells.ts";
import type { KubeObject } from "./object.ts";

/** One column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: string;
  readonly description: string;
  /** 0 always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
  readonly shows: Shows;
}

/** Where a cell comes from: a field by its dotted path, a part of the condition of a type, the object's age, whether it is being deleted, or a function by name. */
export type Shows =
  | { readonly field: string }
  | { readonly condition: string; readonly part: "status" | "reason" }
  | { readonly age: true }
  | { readonly phase: true }
  | { readonly cell: CellName };

export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name, unique among objects of the kind (and namespace)",
  priority: 0,
  shows: { field: "metadata.name" },
};

export const ageColumn: Column = {
  name: "Age",
  type: "date",
  description: "Time since the object was created",
  priority: 0,
  shows: { age: true },
};

/** A column that shows one field, named by a dotted path such as `spec.tier`. */
export function column(name: string, path: string, description: string, type: Column["type"] = "string"): Column {
  return { name, type, description, priority: 0, shows: { field: path } };
}

/** A column whose cell is put together (`cells.ts`). */
export function cellColumn(name: string, cell: CellName, description: string): Column {
  return { name, type: "string", description, priority: 0, shows: { cell } };
}

/** A column that shows a part of the condition of this type. */
export function conditionColumn(name: string, type: string, part: "status" | "reason", description: string): Column {
  return { name, type: "string", description, priority: 0, shows: { condition: type, part } };
}

/** What a cell shows; null is an empty cell. Ages need the time. */
export function cellOf({ shows }: Column, object: KubeObject, nowMs: number): string | number | boolean | null {
  if ("field" in shows) return scalarAt(object, shows.field);
  if ("condition" in shows) return conditionPart(object, shows);
  if ("cell" in shows) return computedCell(shows.cell, object, (time) => humanDuration(nowMs - Date.parse(time)));
  const { creationTimestamp, deletionTimestamp } = object.metadata;
  if ("phase" in shows) return deletionTimestamp === undefined ? "Active" : "Terminating";
  return creationTimestamp === undefined ? "<unknown>" : humanDuration(nowMs - Date.parse(creationTimestamp));
}

function conditionPart({ status }: KubeObject, shows: Extract<Shows, { condition: string }>): string | null {
  const { conditions } = (status ?? {}) as { readonly conditions?: readonly Record<string, string>[] };
  return conditions?.find(({ type }) => type === shows.condition)?.[shows.part] ?? null;
}

/** The value at a dotted path; undefined where a step is missing. */
export function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

function scalarAt(object: KubeObject, path: string): string | number | boolean | null {
  const value = valueAt(object, path);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** A length of time as kubectl writes it: two units while they matter, one after. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 0) return "0s";
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  const pair = (big: number, bigUnit: string, small: number, unit: string): string =>
    small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${unit}`;
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  if (days < 8) return pair(days, "d", hours % 24, "h");
  if (years < 2) return `${days}d`;
  return years < 8 ? pair(years, "y", days % 365, "d") : `${years}y`;
}
