"use client";
import type { KubeObject, ObjectRef, Kind } from "@percale/resources/catalog";
import { useQuery } from "@tanstack/react-query";
import type { Lenient } from "../policy/spec.ts";
import { useTRPCClient } from "../trpc/client.ts";
import { fromWire } from "../trpc/wire.ts";
import { applyEvents, type Collection } from "./collection.ts";
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

/** One object; `isGone` once it was deleted, with its last state kept. */
export function useObject(ref: ObjectRef): {
  readonly object: KubeObject | undefined;
  readonly isGone: boolean;
  readonly error: unknown;
  readonly refetch: () => void;
} {
  const list = useObjects(ref.kind);
  const object = list.items.find(({ metadata }) => metadata.name === ref.name && metadata.namespace === ref.namespace);
  return { object, isGone: list.loaded && object === undefined, error: list.error, refetch: list.refetch };
}
