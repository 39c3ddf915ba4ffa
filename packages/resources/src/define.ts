import type { z } from "zod";
import { ageColumn, nameColumn } from "./columns.ts";
import type { Column } from "./columns.ts";
import type { Consequence, ObjectEvent, SettleContext } from "./consequences.ts";
import type { Report } from "./issue.ts";
import type { Kind, KindList } from "./kind.ts";
import { apiVersionOf, groupVersionOf, servedKindOf } from "./object.ts";
import type { KubeObject, ObjectMeta, ObjectRef } from "./object.ts";
import { openApiOf } from "./open-api.ts";
import type { JsonSchema } from "./open-api.ts";
import { namespaceIssue, reactInNamespace } from "./namespaces.ts";
import { pluralOf } from "./status-error.ts";
import type { StatusError } from "./status-error.ts";
import { kindWordsOf } from "./traits.ts";
import type { KindWords, Looks, Traits } from "./traits.ts";

export type Immutable<T> = T extends readonly (infer U)[]
  ? readonly Immutable<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T;

export type { FlatObjectOf, ObjectOf, SpecOf, StatedSpecOf } from "./kind.ts";

const NOTHING: readonly Consequence[] = [];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An object on its way in: fresh, so a kind may complete it in place. */
export interface Draft<S> {
  readonly metadata: Mutable<ObjectMeta>;
  readonly spec: S;
}

/** What a store-level rule may look at besides the object itself. Both must see the same revision. */
export interface Lookup {
  get(ref: ObjectRef): KubeObject | undefined;
  /** Every object of the kind (in a namespace), in no order. Read it before the next write. */
  list(kind: string, namespace?: string): Iterable<KubeObject>;
}

export type Operation = "create" | "update" | "delete";

export interface StoreContext<S = unknown, T = unknown> {
  readonly operation: Operation;
  /** The object as it will be; on delete, as it is. */
  readonly object: KubeObject<S, T>;
  /** Absent on create. */
  readonly old?: KubeObject<S, T>;
  readonly lookup: Lookup;
}

/** What a kind declares. Everything else about it is derived. */
export interface Declaration<S extends z.ZodType, T extends z.ZodType> {
  readonly kind: string;
  readonly scope: "Cluster" | "Namespaced";
  /** Its fields stand beside `metadata`, as Kubernetes has it of some kinds: `spec`, here and in its hooks, is all of them. */
  readonly flat?: boolean;
  /** What the kind is for; the head of `kubectl explain`. */
  readonly description: string;
  readonly spec: S;
  readonly status?: T;
  /** Status is written through its own endpoint and only there. */
  readonly statusSubresource?: boolean;
  /** Not served to users: agents and IPAM alone read and write it. */
  readonly internal?: boolean;
  /** Served for reading only: a write from a user is 405. */
  readonly readOnly?: boolean;
  readonly shortNames?: readonly string[];
  /** In running text. Absent: the words of `kind`. */
  readonly words?: KindWords;
  readonly traits?: Traits;
  readonly looks?: Looks;
  /** After Name; Age alone if absent. */
  readonly columns?: readonly Column[];
  /** Field selectors beyond `metadata.name` and `metadata.namespace`. */
  readonly selectableFields?: readonly string[];
  /** In words, what the checks demand that no field's schema says; each a sentence for the reference. */
  readonly laws?: readonly string[];
  /** A narrower rule for names than a DNS subdomain: what is wrong, or undefined. Replaces the general rule. */
  readonly nameFault?: (name: string) => string | undefined;
  /** Defaults that a schema cannot state. Runs on the fresh object after schema defaults, before the rules. */
  complete?(draft: Draft<z.output<S>>): void;
  /** Cross-field and programmatic rules. Called with every field of its declared type, though values may be out of range. */
  rules?(spec: Immutable<z.output<S>>, report: Report, metadata: ObjectMeta): void;
  /** What may not change on update. */
  transition?(spec: Immutable<z.output<S>>, old: Immutable<z.output<S>>, report: Report): void;
  /** Rules that need other objects. Pure over what `lookup` shows. */
  store?(context: StoreContext<Immutable<z.output<S>>, Immutable<z.output<T>>>): StatusError | undefined;
  /** The object with the part that the server owns: finalizers, conditions. Part of every write of it. Pure. */
  settle?(
    object: KubeObject<Immutable<z.output<S>>, Immutable<z.output<T>>>,
    context: SettleContext,
  ): KubeObject<Immutable<z.output<S>>, Immutable<z.output<T>>>;
  /** What else becomes true in the same transaction. Pure over what `lookup` shows, which is the state after the event. */
  react?(
    event: ObjectEvent<Immutable<z.output<S>>, Immutable<z.output<T>>>,
    lookup: Lookup,
    kinds: readonly ResourceDefinition[],
  ): readonly Consequence[];
}

/** A kind with its checks. */
export interface ResourceDefinition<S = unknown, T = unknown, I = unknown> extends Kind<S, T, I>, KindList {
  readonly singular: string;
  /** `<Kind>List`, as its group calls the kind. */
  readonly listKind: string;
  /** Dotted paths, `metadata.name` first. */
  readonly selectableFields: readonly string[];
  readonly spec: z.ZodType;
  readonly status: z.ZodType | undefined;
  readonly laws: readonly string[];
  readonly nameFault: ((name: string) => string | undefined) | undefined;
  complete(draft: Draft<unknown>): void;
  rules(spec: unknown, report: Report, metadata: ObjectMeta): void;
  transition(spec: unknown, old: unknown, report: Report): void;
  store(context: StoreContext): StatusError | undefined;
  settle(object: KubeObject, context: SettleContext): KubeObject;
  /** `kinds`: every kind there is, which a kind's own file can't name. */
  react(event: ObjectEvent, lookup: Lookup, kinds: readonly ResourceDefinition[]): readonly Consequence[];
  /** Structural OpenAPI v3 schema of the whole object. Computed once. */
  openApi(): JsonSchema;
}

/** Makes a kind out of its declaration. */
export function defineResource<S extends z.ZodType, T extends z.ZodType = z.ZodType<never>>(
  d: Declaration<S, T>,
): ResourceDefinition<Immutable<z.output<S>>, Immutable<z.output<T>>, Immutable<z.input<S>>> {
  const namespaced = d.scope === "Namespaced";
  const servedKind = servedKindOf(d.kind);
  let schema: JsonSchema | undefined;
  return {
    kind: d.kind,
    ...groupVersionOf(d.kind),
    apiVersion: apiVersionOf(d.kind),
    plural: pluralOf(d.kind),
    servedKind,
    servedPlural: pluralOf(servedKind),
    singular: servedKind.toLowerCase(),
    listKind: `${servedKind}List`,
    shortNames: d.shortNames ?? [],
    namespaced,
    flat: d.flat ?? false,
    statusSubresource: d.statusSubresource ?? false,
    internal: d.internal ?? false,
    readOnly: d.readOnly ?? false,
    description: d.description,
    words: d.words ?? kindWordsOf(d.kind),
    traits: d.traits ?? {},
    looks: d.looks ?? {},
    columns: [nameColumn, ...(d.columns ?? [ageColumn])],
    selectableFields: ["metadata.name", ...(namespaced ? ["metadata.namespace"] : []), ...(d.selectableFields ?? [])],
    spec: d.spec,
    status: d.status,
    laws: d.laws ?? [],
    nameFault: d.nameFault,
    // The casts below join the kind's own types to the general ones; prepareObject hands each hook what its schema made.
    complete: (draft) => d.complete?.(draft as Draft<z.output<S>>),
    rules: (spec, report, metadata) => d.rules?.(spec as Immutable<z.output<S>>, report, metadata),
    transition: (spec, old, report) =>
      d.transition?.(spec as Immutable<z.output<S>>, old as Immutable<z.output<S>>, report),
    store: (context) =>
      (namespaced ? namespaceIssue(context) : undefined) ??
      d.store?.(context as StoreContext<Immutable<z.output<S>>, Immutable<z.output<T>>>),
    settle: (object, context) =>
      d.settle?.(object as KubeObject<Immutable<z.output<S>>, Immutable<z.output<T>>>, context) ?? object,
    react: (event, lookup, kinds) => [
      ...(namespaced ? reactInNamespace(event, lookup) : NOTHING),
      ...(d.react?.(event as ObjectEvent<Immutable<z.output<S>>, Immutable<z.output<T>>>, lookup, kinds) ?? NOTHING),
    ],
    openApi: () => (schema ??= openApiOf(d)),
  };
}
