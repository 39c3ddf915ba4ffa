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

function subscribe(listener: () => void): () => void {
  const leave = heard.subscribe(listener);
  users += 1;
  timer ??= setInterval(() => heard.look(moment()), LOOK_MS);
  return () => {
    leave();
    users -= 1;
    if (users > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const WAITING: Presence = { s: "waiting" };

/** Whether what is on screen is the present. */
export function usePresence(): Presence {
  return useSyncExternalStore(subscribe, heard.presence, () => WAITING);
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
