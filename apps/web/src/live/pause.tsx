"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useUrlState } from "../parts/url-state.ts";
import { isTyping, keysAreOn } from "../shell/keys.ts";
import { LiveFeed } from "./feed.tsx";
import { recent } from "./feed-state.ts";
import { setPaused } from "./presence.ts";

/** Whether somebody stopped the page, which its address says, and the way to stop it and to go on. */
export function usePause(): { readonly isPaused: boolean; readonly toggle: () => void } {
  const url = useUrlState();
  const isPaused = url.get("live") === "0";
  return { isPaused, toggle: () => url.set({ live: isPaused ? undefined : "0" }, "push") };
}

/** What changes flows into the page, unless it is paused; then everything is asked again. `p` does both. */
export function Live() {
  const { isPaused, toggle } = usePause();
  const queryClient = useQueryClient();
  const wasPaused = useRef(isPaused);
  useEffect(() => {
    setPaused(isPaused);
    if (wasPaused.current && !isPaused) {
      recent.clear();
      void queryClient.invalidateQueries();
    }
    wasPaused.current = isPaused;
  }, [isPaused, queryClient]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isPlain = !event.metaKey && !event.ctrlKey && !event.altKey && !event.repeat;
      if (event.key === "p" && isPlain && !event.defaultPrevented && !isTyping(event.target) && keysAreOn()) toggle();
    };
    // After the document's own, where `g p` goes to a page.
    globalThis.addEventListener("keydown", onKey);
    return () => globalThis.removeEventListener("keydown", onKey);
  });
  return isPaused ? null : <LiveFeed />;
}
