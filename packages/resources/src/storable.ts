import { formatPath } from "./issue.ts";
import type { FieldIssue } from "./issue.ts";

/** Objects nest to 20 with managedFields in them; what is deeper would only exhaust somebody's stack. */
const MAX_DEPTH = 64;
const MAX_ISSUES = 20;

/** True for text that every store and every UTF-8 reader keeps as it is: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/**
 * What of a JSON value can't be stored: strings, keys among them, that Postgres refuses, and nesting without end. For the edge: nothing
 * behind it has to think of either. About 1 µs for an object of a hundred fields.
 */
export function unstorableIssues(value: unknown): FieldIssue[] {
  const issues: FieldIssue[] = [];
  look(value, [], issues);
  return issues;
}

function look(value: unknown, path: PropertyKey[], issues: FieldIssue[]): void {
  if (typeof value === "string") {
    if (!isStorable(value)) tell("can't be stored: it holds NUL or half of a surrogate pair", path, issues);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (path.length >= MAX_DEPTH) return tell(`nests deeper than ${MAX_DEPTH}`, path.slice(0, 8), issues);
  const isList = Array.isArray(value);
  for (const key in value) {
    path.push(isList ? Number(key) : key);
    if (!isStorable(key))
      tell("has a key that can't be stored: it holds NUL or half of a surrogate pair", path.slice(0, -1), issues);
    look(value[key as keyof typeof value], path, issues);
    path.pop();
  }
}

function tell(message: string, path: readonly PropertyKey[], issues: FieldIssue[]): void {
  if (issues.length < MAX_ISSUES) issues.push({ field: formatPath("", path), reason: "FieldValueInvalid", message });
}
