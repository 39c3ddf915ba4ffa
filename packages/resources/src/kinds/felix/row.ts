import * as z from "zod";
import { isInterval, tryParseDuration } from "../../scalars/duration.ts";
import { setting } from "../../settings.ts";
import type { SettingMeta } from "../../settings.ts";
import { anyCase, duration as anyDuration, portNumber, text } from "../../scalars/schemas.ts";

/** One Felix parameter: its schema, what the agent does without it, and what it is for. */
export interface Row<T extends z.ZodType = z.ZodType, D = unknown> {
  readonly schema: z.ZodOptional<T>;
  /** The agent's own default; undefined where unset means something of its own. */
  readonly fallback: D;
}

/** `title`: what people call it; `meaning`: a sentence without its full stop. No `effect`: the agent does not read it. */
export function row<T extends z.ZodType, D extends z.output<T> | undefined>(
  title: string,
  schema: T,
  fallback: D,
  meaning: string,
  about: Omit<SettingMeta, "default"> = {},
): Row<T, D> {
  const end =
    fallback === undefined
      ? ""
      : ` Default: ${typeof fallback === "object" ? JSON.stringify(fallback) : String(fallback)}.`;
  const meta = { title, description: `${meaning}.${end}`, ...setting({ default: fallback, ...about }) };
  return { schema: schema.meta(meta).optional(), fallback };
}

export const bool = z.boolean();
export const intFrom = (min: number, max = Number.MAX_SAFE_INTEGER) => z.int().min(min).max(max);
export const anyPort = intFrom(0, 65535);
export const realPort = portNumber;
export const routePriority = intFrom(1, 2_147_483_646);
export const str = z.string();
export const onOff = z.enum(["Enabled", "Disabled"]);
export const severity = anyCase("Trace", "Debug", "Info", "Warning", "Error", "Fatal");
export const matching = (pattern: RegExp, like: string) =>
  text((value) => (pattern.test(value) ? undefined : `must be ${like}`)).meta({ pattern: pattern.source });
/** Narrower than Go's: nothing below a millisecond. Fractions are accepted, which upstream's pattern means to do. */
export const duration = z
  .string()
  .check(({ value, issues }) => {
    if (!/^(\d+(\.\d+)?(ms|s|m|h))+$|^0$/.test(value))
      issues.push({
        code: "custom",
        input: value,
        message: "must be a duration in h, m, s or ms, such as 90s or 1m30s",
      });
  })
  .pipe(anyDuration);
/** Time between two looks. */
export const interval = duration.check(({ value, issues }) => {
  const ms = tryParseDuration(value);
  if (ms === undefined || isInterval(ms)) return; // what is none at all is told already
  const message = "must be 0, which is never, or 1s..596h31m23s: timers hold no more";
  issues.push({ code: "custom", input: value, message });
});
