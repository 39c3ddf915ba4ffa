"use client";
import { formatRef, type Kind, type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";
import {
  skipToken,
  useQueries,
  useQuery,
  useQueryClient,
  type UseQueryOptions,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useCallback } from "react";
import type { Lenient } from "../policy/spec.ts";
import { failureOf, useTRPCClient } from "../trpc/client.ts";
import { fromWire } from "../trpc/wire.ts";
import { applyEvents, type Collection, oneAfter, type Single } from "./collection.ts";
import { recent } from "./feed-state.ts";

const NONE: readonly never[] = [];

export interface ObjectList<S> {
  /** Every object of the kind, kept current by the watch. Stable between changes. */
  readonly items: readonly KubeObject<S>[];
  readonly loaded: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** Where the cache keeps a kind; the feed writes there too. */
export function collectionKey(kind: string): readonly unknown[] {
  return ["collection", kind];
}

/** Where it keeps one object. */
export function objectKey(ref: ObjectRef): readonly unknown[] {
  return ["object", formatRef(ref)];
}

/** All objects of a kind: listed once, then changed by deltas. */
export function useObjects<S>(of: Kind<S>): ObjectList<Lenient<S>>;
export function useObjects(of: string): ObjectList<unknown>;
export function useObjects(of: Kind | string): ObjectList<unknown> {
  const kind = typeof of === "string" ? of : of.kind;
  const client = useTRPCClient();
  const query = useQuery({
    queryKey: collectionKey(kind),
    queryFn: async ({ signal }): Promise<Collection> => {
      let list = await client.objects.list.query({ kind }, { signal });
      const { revision } = list;
      const items = list.items.map(fromWire);
      while (list.next !== undefined) {
        list = await client.objects.list.query({ kind, after: list.next }, { signal });
        items.push(...list.items.map(fromWire));
      }
      return applyEvents({ revision, items }, recent.of(kind));
    },
    staleTime: Infinity,
    structuralSharing: false,
  });
  return {
    items: query.data?.items ?? NONE,
    loaded: query.data !== undefined,
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

export interface OneObject {
  readonly object: KubeObject | undefined;
  /** There is none of that name, any more if there was. */
  readonly isGone: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** One object, asked for by name, whatever else there is of its kind, and kept current by the watch. */
export function useObject(ref: ObjectRef | undefined): OneObject {
  const options = useOptions();
  const { data, error, refetch } = useQuery(ref === undefined ? NOBODY : options(ref));
  const isGone = data !== undefined && data.object === undefined;
  return { object: data?.object, isGone, error, refetch: () => void refetch() };
}

export interface NamedObjects {
  /** By `formatRef`; those that are not there, or not yet here, are missing. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  readonly loaded: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
}

/** A few objects by name. */
export function useNamedObjects(refs: readonly ObjectRef[]): NamedObjects {
  const options = useOptions();
  return useQueries({ queries: refs.map(options), combine: named });
}

/** Outside of the hook: what is combined is the same as long as the answers are. */
function named(all: readonly UseQueryResult<Single>[]): NamedObjects {
  const there = all.flatMap(({ data }) => data?.object ?? []);
  return {
    objects: new Map(there.map((object) => [formatRef(refOf(object)), object])),
    loaded: all.every(({ data }) => data !== undefined),
    error: all.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const { error, refetch } of all) if (error !== null) void refetch();
    },
  };
}

const NOBODY: UseQueryOptions<Single> = { queryKey: objectKey({ kind: "", name: "" }), queryFn: skipToken };

/** How one object is asked for: what a list of its kind that is here says of it needs no question. */
function useOptions(): (ref: ObjectRef) => UseQueryOptions<Single> {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  return useCallback(
    (ref) => ({
      queryKey: objectKey(ref),
      queryFn: async ({ signal }) => {
        const asked = recent.revision();
        const single = await client.objects.get.query(ref, { signal }).then(singleOf, (error: unknown) => {
          if (failureOf(error).kind !== "notFound") throw error;
          return { revision: asked, object: undefined };
        });
        return oneAfter(single, ref, recent.of(ref.kind));
      },
      initialData: () => {
        const list = queryClient.getQueryData<Collection>(collectionKey(ref.kind));
        return list && { revision: list.revision, object: list.items.find((item) => isSame(refOf(item), ref)) };
      },
      staleTime: Infinity,
      structuralSharing: false,
    }),
    [client, queryClient],
  );
}

function singleOf(told: Parameters<typeof fromWire>[0]): Single {
  const object = fromWire(told);
  return { revision: Number(object.metadata.resourceVersion), object };
}

function isSame(a: ObjectRef, b: ObjectRef): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
