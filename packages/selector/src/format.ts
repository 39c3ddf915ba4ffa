import { parseSelector } from "./parse.ts";
import { SelectorError } from "./selector.ts";
import type { Selector } from "./selector.ts";

/** Canonical text: one blank around operators, double quotes where possible, sorted sets, a pair of parentheses around each and/or. No algebra. */
export function formatSelector(s: Selector): string {
  switch (s.op) {
    case "all":
      return "all()";
    case "global":
      return "global()";
    case "has":
      return `has(${s.key})`;
    case "in":
    case "not in":
      return `${s.key} ${s.op} {${Array.from(s.values, quote).join(", ")}}`;
    case "not":
      return `!${formatSelector(s.arg)}`;
    case "and":
      return `(${s.args.map(formatSelector).join(" && ")})`;
    case "or":
      return `(${s.args.map(formatSelector).join(" || ")})`;
    case "==":
    case "!=":
    case "contains":
    case "starts with":
    case "ends with":
      return `${s.key} ${s.op} ${quote(s.value)}`;
  }
}

/** The canonical text of a selector's text; text that does not parse comes back unchanged but trimmed. */
export function normaliseSelector(text: string): string {
  const trimmed = text.trim();
  try {
    return formatSelector(parseSelector(trimmed));
  } catch (error) {
    if (error instanceof SelectorError) return trimmed;
    throw error;
  }
}

/** A value with both kinds of quotes cannot come from a parse, and has no text. */
function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
