"use client";
import { notifyManager, type Query, type QueryCache, useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useSyncExternalStore } from "react";

/** Failures that parts of the page tell of in their own place, and how many do. */
const told = new Map<unknown, number>();
const listeners = new Set<() => void>();

function tell(error: unknown, by: 1 | -1): void {
  const parts = (told.get(error) ?? 0) + by;
  if (parts === 0) told.delete(error);
  else told.set(error, parts);
  for (const listener of listeners) listener();
}

/** For a part of the page that tells of a failed query itself: nobody else has to as long as it is there. */
export function useTold(error: unknown): void {
  // Before anything is painted: else the failure would be told twice for a moment.
  useLayoutEffect(() => {
    if (error === null) return undefined;
    tell(error, 1);
    return () => tell(error, -1);
  }, [error]);
}

const NONE: readonly Query[] = [];

/** Queries that the page has and that failed, of which no part of it tells. A question that nobody shows is nobody's loss. */
export function useFailing(): readonly Query[] {
  const cache = useQueryClient().getQueryCache();
  const store = useMemo(() => failingIn(cache), [cache]);
  return useSyncExternalStore(store.subscribe, store.read, () => NONE);
}

function failingIn(cache: QueryCache) {
  let errors: readonly unknown[] = [];
  let queries = NONE;
  return {
    subscribe: (changed: () => void) => {
      const later = notifyManager.batchCalls(changed); // queries change while components render
      listeners.add(later);
      const unsubscribe = cache.subscribe(later);
      return () => {
        listeners.delete(later);
        unsubscribe();
      };
    },
    /** The same array as long as it is the same. */
    read: (): readonly Query[] => {
      const now = cache
        .getAll()
        .filter((query) => query.state.status === "error" && query.isActive() && !told.has(query.state.error));
      if (now.length === queries.length && now.every((query, i) => query.state.error === errors[i])) return queries;
      errors = now.map(({ state }) => state.error);
      return (queries = now);
    },
  };
}
