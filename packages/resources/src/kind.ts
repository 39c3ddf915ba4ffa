import type { Column } from "./columns.ts";
import { apiVersionOf, groupVersionOf, servedKindOf } from "./object.ts";
import type { GroupVersion, KubeObject } from "./object.ts";
import { kindWordsOf } from "./traits.ts";
import type { KindWords, Looks, Traits } from "./traits.ts";

/** What there is to know of a kind without its checks: plain data, which a browser has at hand (`catalog.ts`). */
export interface Kind<S = unknown, T = unknown, I = unknown> extends GroupVersion {
  readonly kind: string;
  readonly apiVersion: string;
  /** Unlike any other kind's. */
  readonly plural: string;
  /** What its group calls it, and several of it: what clients see. */
  readonly servedKind: string;
  readonly servedPlural: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Its fields stand beside `metadata`: there is no `spec`. */
  readonly flat: boolean;
  readonly statusSubresource: boolean;
  readonly internal: boolean;
  readonly readOnly: boolean;
  readonly words: KindWords;
  readonly traits: Traits;
  readonly looks: Looks;
  /** Type-level only: what `ObjectOf`, `SpecOf` and `StatedSpecOf` read. */
  readonly types?: { readonly spec: S; readonly status: T; readonly stated: I };
}

/** What a list of a kind says, which only the page that lists any of them needs (`catalog-lists.ts`). */
export interface KindList {
  /** What the kind is for. */
  readonly description: string;
  readonly columns: readonly Column[];
}

/** The type of a kind's objects: `type IPPool = ObjectOf<typeof IPPool>`. */
export type ObjectOf<D> = D extends Kind<infer S, infer T> ? KubeObject<S, T> : never;

/** The same of a kind whose fields stand beside `metadata`. */
export type FlatObjectOf<D> = D extends Kind<infer S, infer T> ? KubeObject<undefined, T> & S : never;

/** The type of a kind's spec, as it is stored. */
export type SpecOf<D> = D extends Kind<infer S> ? S : never;

/** The same before defaults: a reader that can do without them takes stored objects, and parts of them. */
export type StatedSpecOf<D> = D extends Kind<infer _S, infer _T, infer I> ? I : never;

/** The data of a kind, and no more of it. */
export function kindFacts(kind: Kind): Kind {
  return {
    kind: kind.kind,
    group: kind.group,
    version: kind.version,
    apiVersion: kind.apiVersion,
    plural: kind.plural,
    servedKind: kind.servedKind,
    servedPlural: kind.servedPlural,
    shortNames: kind.shortNames,
    namespaced: kind.namespaced,
    flat: kind.flat,
    statusSubresource: kind.statusSubresource,
    internal: kind.internal,
    readOnly: kind.readOnly,
    words: kind.words,
    traits: kind.traits,
    looks: looksOf(kind),
  };
}

/** As `catalog.json` has it, to be short: its names, and what is not as it mostly is. */
export type BriefFacts = Pick<Kind, "kind" | "plural"> & Partial<Kind>;

export function briefFacts(kind: Kind): BriefFacts {
  const mostly = wholeFacts({ kind: kind.kind, plural: kind.plural }) as unknown as Readonly<Record<string, unknown>>;
  const own = Object.entries(kindFacts(kind)).filter(
    ([name, value]) => ["kind", "plural"].includes(name) || JSON.stringify(value) !== JSON.stringify(mostly[name]),
  );
  return Object.fromEntries(own) as unknown as BriefFacts; // the names are among them
}

export function wholeFacts(brief: BriefFacts): Kind {
  const { kind, plural } = brief;
  return {
    ...groupVersionOf(kind),
    apiVersion: apiVersionOf(kind),
    servedKind: servedKindOf(kind),
    servedPlural: plural,
    shortNames: [],
    namespaced: false,
    flat: false,
    statusSubresource: false,
    internal: false,
    readOnly: false,
    words: kindWordsOf(kind),
    traits: {},
    looks: {},
    ...brief,
  };
}

/** Questions about a list of kinds. */
export interface Kinds<D extends Kind> {
  readonly definitionOf: (kind: string) => D | undefined;
  readonly definitionByPlural: (plural: string) => D | undefined;
  /** Names of the kinds of which this is true (a trait that is absent is not), in their order. */
  readonly kindsWhere: (holds: (kind: D) => unknown) => readonly string[];
  /** The same kind in the other scope: names that differ by `Global` alone. */
  readonly twinOf: (kind: Kind) => D | undefined;
}

export function askKinds<D extends Kind>(kinds: readonly D[]): Kinds<D> {
  const byKind = new Map(kinds.map((one) => [one.kind, one]));
  const byPlural = new Map(kinds.map((one) => [one.plural, one]));
  const bare = (name: string): string => name.replace("Global", "");
  return {
    definitionOf: (kind) => byKind.get(kind),
    definitionByPlural: (plural) => byPlural.get(plural),
    kindsWhere: (holds) => kinds.filter((one) => Boolean(holds(one))).map(({ kind }) => kind),
    twinOf: ({ kind }) => kinds.find((other) => other.kind !== kind && bare(other.kind) === bare(kind)),
  };
}

/** Which settings stand together is for one page, which asks for the schema: it says so too (`x-groups`). */
function looksOf({ looks }: Kind): Looks {
  return looks.settings === undefined ? looks : { ...looks, settings: { title: looks.settings.title, groups: [] } };
}
