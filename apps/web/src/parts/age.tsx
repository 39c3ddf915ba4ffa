"use client";
import { useSyncExternalStore } from "react";
import { usePresence } from "../live/presence.ts";
import { formatAge, formatMoment } from "../words/time.ts";

/** "4 min" with the absolute time on hover; ticks once a second, together with every other age on the page. */
export function Age({ at, ago = false }: { readonly at: string | undefined; readonly ago?: boolean }) {
  const now = useNow();
  if (at === undefined) return <>–</>;
  const ms = Date.parse(at);
  if (!(ms > 0)) return <>unknown</>; // nothing here is as old as the epoch
  return (
    <time dateTime={at} title={formatMoment(ms)} suppressHydrationWarning>
      {ago ? agoText(formatAge(ms, now)) : formatAge(ms, now)}
    </time>
  );
}

/** "4 min ago", but "now" and "2026-09-22" as they are. */
function agoText(age: string): string {
  return /^\d+ /.test(age) ? `${age} ago` : age;
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

/** The time to the second, in ms, by the clock on the wall here. */
export function useClock(): number {
  return useSyncExternalStore(
    subscribe,
    () => nowMs,
    () => nowMs,
  );
}

/** Of when the page is: that clock, standing still while nothing is heard. */
export function useNow(): number {
  const now = useClock();
  const presence = usePresence();
  return presence.s === "past" ? presence.atMs : now;
}
