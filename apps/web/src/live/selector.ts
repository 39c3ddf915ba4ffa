"use client";
import { useEffect, useState } from "react";
import { startThread } from "../judge/browser-thread.ts";
import { Desk } from "../judge/desk.ts";
import { type Answer, JUDGED_KINDS, type Question } from "../judge/messages.ts";
import type { Scope } from "../policy/selection.ts";
import { useObjects } from "./objects.ts";

/** One worker per tab. It starts with the first question. */
const desk = new Desk({ start: startThread, later: (ms, run) => void setTimeout(run, ms) });
const ANYWHERE: Scope = { of: "peer" };

/** Whom a selector selects right now as it stands, be it stored or being typed. While it is judged the answer before stays. */
export function useSelectorMatches(text: string, scope: Scope = ANYWHERE): Answer {
  const live = JUDGED_KINDS.map((kind) => useObjects(kind));
  useEffect(
    () => {
      for (const [index, { items, loaded }] of live.entries()) if (loaded) desk.hold(JUDGED_KINDS[index]!, items);
    },
    // oxlint-disable-next-line react/exhaustive-deps -- one for each kind, always as many
    live.flatMap(({ items, loaded }) => [items, loaded]),
  );
  const [told, setTold] = useState<Answer>({ said: "waiting" });
  const asked = JSON.stringify({ selector: text, scope } satisfies Question); // equal questions are one
  useEffect(() => desk.ask(JSON.parse(asked) as Question, setTold), [asked]);
  return told;
}
