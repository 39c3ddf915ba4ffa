"use client";
import { type Query, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** Longer than that nobody looks at an empty frame without being told why. */
const PATIENCE_MS = 3_000;
const NONE: readonly Query[] = [];

/** Questions whose first answer the page still waits for, after more than a moment. */
export function useWaiting(): readonly Query[] {
  const cache = useQueryClient().getQueryCache();
  const [late, setLate] = useState(NONE);
  useEffect(() => {
    const since = new Map<Query, number>();
    const look = () => {
      const waiting = cache.getAll().filter(isWaiting);
      for (const query of since.keys()) if (!waiting.includes(query)) since.delete(query);
      const now = performance.now();
      for (const query of waiting) if (!since.has(query)) since.set(query, now);
      const next = waiting.filter((query) => now - since.get(query)! >= PATIENCE_MS);
      setLate((old) => (old.length === next.length && old.every((query, at) => query === next[at]) ? old : next));
    };
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [cache]);
  return late;
}

/** Asked, shown by somebody, and nothing came: neither data nor a failure. */
function isWaiting(query: Query): boolean {
  return query.state.status === "pending" && query.state.fetchStatus !== "idle" && query.isActive();
}

/** Gives the question up and asks it again. */
export async function askAgain(query: Query): Promise<void> {
  await query.cancel({ silent: true, revert: true });
  await query.fetch().catch(() => undefined); // told where it is shown
}
