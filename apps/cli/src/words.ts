/** What a person typed, read; an ExitError says what there is instead. */
import { ExitError } from "./exit-error.ts";

/** 2: the command was not understood. */
const USAGE = 2;

/** A port in decimal digits. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ExitError(`--port must be 1 to 65535, got ${text}`, { code: USAGE });
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

/** `; did you mean X?` for a word that is nearly X, else nothing. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const word = typed.toLowerCase();
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const name of known) {
    const far = distance(word, name.toLowerCase());
    if (far <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || far < best.far)) best = { name, far };
  }
  return best === undefined ? "" : `; did you mean ${best.name}?`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** Letters to add, drop or change to make one word the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
