/** What a person typed, read; an ExitError says what there is instead. */
import { didYouMean } from "@percale/daemon";
import { exitCodes } from "@percale/protocol";
import { ExitError } from "./exit-error.ts";

const USAGE = exitCodes.percale.usage.code;

/** A port in decimal digits. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ExitError(`--port must be 1 to 65535, got ${text}`, { code: USAGE });
}

const MAX_COUNT = 999_999_999;

/** A number of things, in decimal digits, at least one; `what` is the option that asks for it. */
export function parseCount(what: string, text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new ExitError(`${what} must be a whole number, 1 to ${MAX_COUNT}, got ${text}`, { code: USAGE });
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A time such as `5s` or `1m30s`, in milliseconds. */
export function parsePeriod(what: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS], 0);
  if (ms > 0 && parts.map(([part]) => part).join("") === text) return ms;
  throw new ExitError(`${what} must be a time such as 5s or 1m30s, got ${text}`, { code: USAGE });
}

/** The choice that a word stands for; `aliases` are understood and not listed. */
export function parseChoice<T>(
  what: string,
  typed: string,
  choices: Readonly<Record<string, T>>,
  aliases: Readonly<Record<string, T>> = {},
): T {
  const word = typed.toLowerCase();
  const found = Object.hasOwn(choices, word) ? choices[word] : Object.hasOwn(aliases, word) ? aliases[word] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(choices);
  throw new ExitError(`${what} must be ${listed(names)}, got ${typed}${didYouMean(typed, names)}`, { code: USAGE });
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
