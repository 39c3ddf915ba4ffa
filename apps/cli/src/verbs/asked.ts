/** What a person names on the command line: `KIND`, `KIND NAME…`, `KIND/NAME…`, `KIND,KIND`. */
import { exitCodes } from "@percale/protocol";
import type { ObjectRef } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import { namespaceFor } from "../manifests/target.ts";
import type { Scope } from "../manifests/target.ts";
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

/** Of several kinds those of the cluster are in no namespace; one alone that is asked for in one is refused later. */
export function scopeOf<T extends Scope>(options: T, { kind }: Asked, asked: readonly Asked[]): T {
  if (kind.namespaced || !asked.some((one) => one.kind.namespaced)) return options;
  return { ...options, namespace: undefined, allNamespaces: undefined };
}

/** One object by kind and name, or as `KIND/NAME`. */
export async function oneAsked(
  access: () => Promise<Access>,
  words: readonly [string, string | undefined],
  scope: Scope = {},
): Promise<{
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly ref: ObjectRef;
}> {
  const [kind, name] = words;
  const asked = await parseAsked(access, name === undefined ? [kind] : [kind, name]);
  const [one] = asked;
  if (one === undefined || asked.length !== 1 || one.names.length !== 1)
    throw usage("name one object: KIND NAME, or KIND/NAME");
  const namespace = namespaceFor(one.kind, scope, true);
  const ref = { kind: one.kind.kind, name: one.names[0]!, ...(namespace !== undefined && { namespace }) };
  return { kind: one.kind, namespace, name: one.names[0]!, ref };
}

function usage(message: string): ExitError {
  return new ExitError(message, { code: exitCodes.percale.usage.code });
}
