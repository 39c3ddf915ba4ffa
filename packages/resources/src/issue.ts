import * as z from "zod";
import { brief } from "./brief.ts";
import { compiled } from "#compiled";

/** Kubernetes' cause types for fields. */
export type FieldReason =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueDuplicate"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid";

/** One fault of one field: `field` is a JSON path such as `spec.ingress[0].protocol`; `message` says what was wrong, what we got, what to do. */
export interface FieldIssue {
  readonly field: string;
  readonly reason: FieldReason;
  readonly message: string;
}

/** How a kind's rules tell what they found. */
export type Report = (field: string, reason: FieldReason, message: string) => void;

type Path = readonly PropertyKey[];

/** So many faults of one value are told: nobody reads more, and a hostile one may have a million. */
export const MAX_TOLD = 50;

/** A value from outside as its schema makes it, or its faults with their paths from the value on. */
export function parseOutside<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly data: T } | { readonly issues: readonly FieldIssue[] } {
  // Not safeParse, which words every fault.
  const fast = compiled(schema)._zod.run({ value, issues: [] }, { async: false }) as z.core.ParsePayload<T>; // no schema of ours is async
  if (fast.issues.length === 0) return { data: fast.value };
  return { issues: fast.issues.slice(0, MAX_TOLD).map((issue) => issueFromZod(issue, "")) };
}

/** One fault in one line: `spec.order: must be a number, got "x"`. */
export function formatIssue({ field, message }: FieldIssue): string {
  return field === "" ? message : `${field}: ${message}`;
}

/** Zod's finding as a FieldIssue under `root` ("spec"). Unknown keys are the caller's business. */
export function issueFromZod(issue: z.core.$ZodRawIssue, root: string): FieldIssue {
  return { field: formatPath(root, issue.path ?? []), reason: reasonFromZod(issue), message: messageFromZod(issue) };
}

/** The same without its words, which cost more than the finding. */
export function reasonFromZod(issue: z.core.$ZodRawIssue): FieldReason {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case "invalid_type":
      if (isMissing) return "FieldValueRequired";
      return isFraction(issue) ? "FieldValueInvalid" : "FieldValueTypeInvalid";
    case "invalid_value":
      return isMissing ? "FieldValueRequired" : "FieldValueNotSupported";
    case "too_big": {
      const reason = { string: "FieldValueTooLong", array: "FieldValueTooMany" } as const;
      return reason[issue.origin as "string" | "array"] ?? "FieldValueInvalid";
    }
    case "invalid_union":
      return isMissing ? "FieldValueRequired" : "FieldValueTypeInvalid";
    case "custom":
      return (issue.params?.["reason"] as FieldReason | undefined) ?? "FieldValueInvalid"; // as our checks write it
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
    case "too_small":
    case "unrecognized_keys":
      return "FieldValueInvalid";
  }
}

function messageFromZod(issue: z.core.$ZodRawIssue): string {
  const got = `, got ${show(issue.input)}`;
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case "invalid_type":
      if (isMissing) return "is required";
      return isFraction(issue) ? `must be a whole number${got}` : `must be ${article(issue.expected)}${got}`;
    case "invalid_value":
      return isMissing ? "is required" : `must be ${oneOf(issue.values.map((value) => show(value)))}${got}`;
    case "too_small":
      return `must ${boundOf(issue.origin, ">=", issue.minimum)}${got}`;
    case "too_big": {
      const size = issue.input as { length?: number } | number | undefined;
      const had = typeof size === "object" || typeof size === "string" ? `, got ${size.length ?? 0}` : got;
      return `must ${boundOf(issue.origin, "<=", issue.maximum)}${had}`;
    }
    case "invalid_union":
      return isMissing ? "is required" : `has the wrong type${got}`;
    case "unrecognized_keys": {
      const more = issue.keys.length > 5 ? ` and ${issue.keys.length - 5} more` : "";
      return `has unknown fields: ${issue.keys
        .slice(0, 5)
        .map((key) => show(key))
        .join(", ")}${more}`;
    }
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "not_multiple_of":
      // Only finishing an issue asks the check for its own words.
      return `${z.util.finalizeIssue(issue, undefined, z.config()).message}${got}`;
  }
}

function isFraction({ expected, input }: Extract<z.core.$ZodRawIssue, { code: "invalid_type" }>): boolean {
  return expected === "int" && typeof input === "number";
}

/** `spec`, ["ingress", 0, "source"] → `spec.ingress[0].source`; keys that are no identifier go into brackets. */
export function formatPath(root: string, path: Path): string {
  let text = root;
  for (const part of path)
    text +=
      typeof part === "number" ? `[${part}]` : /^[\w$]+$/.test(String(part)) ? `.${String(part)}` : `[${String(part)}]`;
  return root === "" && text.startsWith(".") ? text.slice(1) : text;
}

/** A value for a message: JSON, cut to a line; of large or deep ones only what they are. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const isFlat = Array.isArray(value) && value.length <= 8 && value.every((item) => typeof item !== "object");
  if (Array.isArray(value) && !isFlat) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null && !isFlat)
    return Object.keys(value).length === 0 ? "{}" : `an object with ${Object.keys(value).slice(0, 5).join(", ")}`;
  const text = typeof value === "bigint" ? String(value) : JSON.stringify(value);
  return brief(text, 120);
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : `one of ${values.join(", ")}`;
}

function article(expected: string): string {
  const name = { int: "a whole number", record: "an object", boolean: "true or false", never: "absent" }[expected];
  return name ?? `${/^[aeiou]/.test(expected) ? "an" : "a"} ${expected}`;
}

function boundOf(origin: string, sign: ">=" | "<=", bound: number | bigint): string {
  const word = sign === ">=" ? "at least" : "at most";
  if (origin === "string") return sign === ">=" && bound === 1 ? "not be empty" : `have ${word} ${bound} characters`;
  if (origin === "array" || origin === "set") return `have ${word} ${bound} ${bound === 1 ? "item" : "items"}`;
  return `be ${sign} ${bound}`;
}
