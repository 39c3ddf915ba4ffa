"use client";
import {
  notifyManager,
  type Query,
  type QueryCache,
  type QueryCacheNotifyEvent,
  useQueryClient,
} from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useSyncExternalStore } from "react";

/** Failures that parts of the page tell of in their own place, and how many do. */
const told = new Map<unknown, number>();
const listeners = new Set<() => void>();

function tell(error: unknown): void {
  told.set(error, (told.get(error) ?? 0) + 1);
  for (const listener of listeners) listener();
}

function untell(error: unknown): void {
  const parts = told.get(error)! - 1;
  if (parts > 0) told.set(error, parts);
  else told.delete(error);
  // The part that goes leaves its query only after this: to tell of it at once would be to tell of what nobody asks any more.
  for (const listener of listeners) notifyManager.schedule(listener);
}

/** For a part of the page that tells of a failed query itself: nobody else has to as long as it is there. */
export function useTold(error: unknown): void {
  // Before anything is painted: else the failure would be told twice for a moment.
  useLayoutEffect(() => {
    if (error === null) return undefined;
    tell(error);
    return () => untell(error);
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
  /** Failures that were announced: a query's state is ahead of what its parts were told, and they must be able to tell of it first. */
  const announced = new WeakSet<Error>();
  let errors: readonly unknown[] = [];
  let queries = NONE;
  return {
    subscribe: (changed: () => void) => {
      for (const { state } of cache.getAll()) if (state.error !== null) announced.add(state.error);
      // In one batch with the parts that show the query: those tell before anything is painted.
      const heard = notifyManager.batchCalls((event: QueryCacheNotifyEvent) => {
        if (event.type === "updated" && event.action.type === "error") announced.add(event.action.error);
        changed();
      });
      listeners.add(changed);
      const unsubscribe = cache.subscribe(heard);
      return () => {
        listeners.delete(changed);
        unsubscribe();
      };
    },
    /** The same array as long as it is the same. */
    read: (): readonly Query[] => {
      const now = cache.getAll().filter((query) => {
        const { status, error } = query.state;
        return status === "error" && query.isActive() && announced.has(error!) && !told.has(error);
      });
      if (now.length === queries.length && now.every((query, i) => query.state.error === errors[i])) return queries;
      errors = now.map(({ state }) => state.error);
      return (queries = now);
    },
  };
}
