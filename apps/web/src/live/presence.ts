"use client";
import { useMemo, useSyncExternalStore } from "react";
import { PRESENT, type Tense, tenseOf } from "../words/tense.ts";
import { type BeatMark, createHeard, NOBODY, type Moment, type NodeHearings, type Presence } from "./heard.ts";

const moment = (): Moment => ({ ms: performance.now(), wallMs: Date.now() });

/** One watch per tab, so one hearing. */
const heard = createHeard(moment());
export const hearBeat = (beat: Parameters<typeof heard.beat>[0]): void => heard.beat(beat, moment());

const LOOK_MS = 500;
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Somebody stopped the page at this moment. */
let paused: Presence | undefined;
const pauseListeners = new Set<() => void>();

/** Paused, the page stays as it is and says so; afterwards it begins to listen anew. */
export function setPaused(isPaused: boolean): void {
  if (isPaused === (paused !== undefined)) return;
  paused = isPaused ? { s: "past", atMs: Date.now(), why: "paused" } : undefined;
  if (!isPaused) heard.reopen(moment());
  for (const listener of pauseListeners) listener();
}

function subscribe(listener: () => void): () => void {
  const leave = heard.subscribe(listener);
  pauseListeners.add(listener);
  users += 1;
  timer ??= setInterval(() => paused ?? heard.look(moment()), LOOK_MS);
  return () => {
    leave();
    pauseListeners.delete(listener);
    users -= 1;
    if (users > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const WAITING: Presence = { s: "waiting" };

/** Whether what is on screen is the present. */
export function usePresence(): Presence {
  return useSyncExternalStore(
    subscribe,
    () => paused ?? heard.presence(),
    () => WAITING,
  );
}

/** When each node's agent was heard, as of the last beat. */
export function useHearings(): NodeHearings {
  return useSyncExternalStore(subscribe, heard.nodes, () => NOBODY);
}

const NO_MARKS: readonly BeatMark[] = [];

/** What the last beats said; another answer at each. */
export function useBeats(): readonly BeatMark[] {
  return useSyncExternalStore(heard.onBeat, heard.marks, () => NO_MARKS);
}

/** How sentences about the network are said now. */
export function useTense(): Tense {
  const presence = usePresence();
  return useMemo(() => (presence.s === "past" ? tenseOf(presence.atMs) : PRESENT), [presence]);
}
