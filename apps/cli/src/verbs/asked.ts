/** What a person names on the command line: `KIND`, `KIND NAME…`, `KIND/NAME…`, `KIND,KIND`. */
import { exitCodes } from "@percale/protocol";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";
import { resolveKind } from "../rest/kinds.ts";
import type { Kind } from "../rest/kinds.ts";

export interface Asked {
  readonly kind: Kind;
  /** None: all of the kind. */
  readonly names: readonly string[];
}

/** Throws ExitError for kinds that there are not, and for empty names. */
export async function parseAsked(access: () => Promise<Access>, words: readonly string[]): Promise<readonly Asked[]> {
  const [first = "", ...names] = words;
  if (words.some((word) => word === "" || word.endsWith("/"))) throw usage("resource name may not be empty");
  if (words.every((word) => word.includes("/"))) {
    const byKind = Map.groupBy(words, (word) => word.slice(0, word.indexOf("/")));
    return Promise.all(
      [...byKind].map(async ([typed, own]) => ({
        kind: await resolveKind(access, typed),
        names: own.map((word) => word.slice(typed.length + 1)),
      })),
    );
  }
  const kinds = await Promise.all(first.split(",").map(async (typed) => resolveKind(access, typed)));
  return kinds.map((kind) => ({ kind, names }));
}

function usage(message: string): ExitError {
  return new ExitError(message, { code: exitCodes.percale.usage.code });
}
