import { z } from "zod";
import { anyCase, duration, isRegexp, portNumber, text } from "../../scalars/schemas.ts";

/** One Felix parameter: its schema, what the agent does without it, and what it is for. */
export interface Row<T extends z.ZodType = z.ZodType, D = unknown> {
  readonly schema: z.ZodOptional<T>;
  /** The agent's own default; undefined where unset means something of its own. */
  readonly fallback: D;
}

/** `unit` is appended where a number needs one. */
export function row<T extends z.ZodType, D extends z.output<T> | undefined>(
  schema: T,
  fallback: D,
  meaning: string,
): Row<T, D> {
  const end =
    fallback === undefined
      ? ""
      : ` Default: ${typeof fallback === "object" ? JSON.stringify(fallback) : String(fallback)}.`;
  return { schema: schema.describe(`${meaning}.${end}`).optional(), fallback };
}

export const bool = z.boolean();
export const int = z.int();
export const intFrom = (min: number, max = Number.MAX_SAFE_INTEGER) => z.int().min(min).max(max);
export const anyPort = intFrom(0, 65535);
export const realPort = portNumber;
export const routePriority = intFrom(1, 2_147_483_646);
export const str = z.string();
export const onOff = z.enum(["Enabled", "Disabled"]);
export const severity = anyCase("Trace", "Debug", "Info", "Warning", "Error", "Fatal");
export const regexpText = text((value) => (isRegexp(value) ? undefined : "must be a regular expression that compiles"));
export const matching = (pattern: RegExp, like: string) =>
  text((value) => (pattern.test(value) ? undefined : `must be ${like}`)).meta({ pattern: pattern.source });
export { duration };
