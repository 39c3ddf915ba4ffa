"use client";
import { useSyncExternalStore } from "react";
import { formatAge, formatMoment } from "../words/time.ts";

/** "4 min" with the absolute time on hover; ticks once a second, together with every other age on the page. */
export function Age({ at }: { readonly at: string | undefined }) {
  const now = useNow();
  if (at === undefined) return <>–</>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={formatMoment(ms)} suppressHydrationWarning>
      {formatAge(ms, now)}
    </time>
  );
}

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time to the second, in ms. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => nowMs,
    () => nowMs,
  );
}
