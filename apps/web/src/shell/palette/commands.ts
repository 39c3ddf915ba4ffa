import { type ChangeGroup, moreWords, opWords } from "../../app/(main)/activity/view.ts";
import { NAV } from "../nav.ts";
import type { Entry } from "./entry.ts";

const COMMANDS: readonly Entry[] = [
  create("New network policy (np)", "/policies?new=networkpolicies"),
  create("New global network policy (gnp)", "/policies?new=globalnetworkpolicies"),
  create("New tier", "/policies?new=tiers"),
  create("New IP pool", "/ippools?new=ippools"),
  ...(["dark", "light", "system"] as const).map((theme): Entry => ({
    id: `theme-${theme}`,
    icon: "sun",
    name: `Theme: ${theme === "system" ? "as the system" : theme}`,
    isWords: true,
    verb: "Set",
    does: { command: theme },
  })),
];

function create(name: string, href: string): Entry {
  return { id: name, icon: "plus", name, isWords: true, verb: "Create", does: { go: href } };
}

/** Commands that have every word: "new gnp". One's own last change can be undone while there is one. */
export function commandsFor(
  text: string,
  { lastChange, isPaused }: { readonly lastChange: ChangeGroup | undefined; readonly isPaused: boolean },
): readonly Entry[] {
  const undo = lastChange === undefined ? [] : [undoOf(lastChange)];
  return [...undo, pauseOf(isPaused), ...COMMANDS].filter(hasWords(text));
}

/** Pages whose names have every word; all for none. */
export function pagesFor(text: string): readonly Entry[] {
  return NAV.flatMap(({ entries }) => entries)
    .map(({ href, icon, title, key }): Entry => ({
      id: href,
      icon,
      name: title,
      isWords: true,
      verb: key === undefined ? "Go" : `g ${key}`,
      does: { go: href },
    }))
    .filter(hasWords(text));
}

function undoOf({ revision, names, entries, objects }: ChangeGroup): Entry {
  return {
    id: `undo-${revision}`,
    icon: "undo",
    name: "Undo my last change",
    isWords: true,
    detail: `${opWords({ entries })} ${names[0] ?? ""}${moreWords({ objects })}`,
    verb: "⌘Z",
    does: { command: "undo" },
  };
}

function pauseOf(isPaused: boolean): Entry {
  return {
    id: "pause",
    icon: isPaused ? "play" : "pause",
    name: isPaused ? "Resume live updates (pause)" : "Pause live updates",
    isWords: true,
    verb: isPaused ? "Resume p" : "Pause p",
    does: { command: "pause" },
  };
}

function hasWords(text: string): (entry: Entry) => boolean {
  const words = text.toLowerCase().split(/\s+/);
  return ({ name }) => words.every((word) => name.toLowerCase().includes(word));
}
