import type { BeatView } from "@percale/api";
import { BEAT_MS, type Hearing, hearingOf, PATIENCE } from "@percale/protocol/shown";
import { formatAge } from "../words/time.ts";

/** Whether what is on screen is the present. `atMs`: of when it is, by the clock on the wall here. */
export type Presence =
  /** The first beat has not come yet, and could not have. */
  | { readonly s: "waiting" }
  | { readonly s: "now" }
  | { readonly s: "past"; readonly atMs: number; readonly why: "server" | "store" | "paused" };

export interface NodeHearing {
  readonly hearing: Hearing;
  /** How long it has been silent, "8 s"; of who is heard nobody asks. */
  readonly silent?: string | undefined;
}

export interface NodeHearings {
  readonly byNode: ReadonlyMap<string, NodeHearing>;
  /** Of whom no beat tells: nobody remembers a word of them. */
  readonly others: NodeHearing;
}

/** What one beat said: how long ago each was heard when it came. */
export interface BeatMark {
  /** Since the beat before. */
  readonly serverMs: number;
  readonly storeMs: number;
  /** Of agents, the first and the last that was heard; absent while there are none. */
  readonly agents?: { readonly fromMs: number; readonly toMs: number } | undefined;
}

/** As many are remembered. */
export const BEATS = 30;

/** What time it is: `ms` never goes back and counts, `wallMs` is only shown. */
export interface Moment {
  readonly ms: number;
  readonly wallMs: number;
}

export interface Heard {
  /** Stable until it becomes another. */
  readonly presence: () => Presence;
  readonly nodes: () => NodeHearings;
  readonly subscribe: (listener: () => void) => () => void;
  /** The last ones, the newest last. */
  readonly marks: () => readonly BeatMark[];
  readonly onBeat: (listener: () => void) => () => void;
  readonly beat: (beat: BeatView, now: Moment) => void;
  /** Time went by. */
  readonly look: (now: Moment) => void;
  /** Nobody listened: it begins anew, and blames nobody. */
  readonly reopen: (now: Moment) => void;
}

/**
 * Who was heard, as the last beat told it and as old as it has become since. Ages come from the server and go on by the page's own clock:
 * two machines' clocks are never compared.
 */
export function createHeard(from: Moment): Heard {
  let opened = from;
  let last: { readonly beat: BeatView; readonly at: Moment } | undefined;
  let presence: Presence = { s: "waiting" };
  let nodes: NodeHearings = NOBODY;
  let marks: readonly BeatMark[] = [];
  const listeners = new Set<() => void>();
  const beatListeners = new Set<() => void>();
  const set = (nextPresence: Presence, nextNodes: NodeHearings): void => {
    const next = samePresence(presence, nextPresence) ? presence : nextPresence;
    const now = sameHearings(nodes, nextNodes) ? nodes : nextNodes;
    if (next === presence && now === nodes) return;
    [presence, nodes] = [next, now];
    for (const listener of listeners) listener();
  };
  const look = (now: Moment): void => {
    if (last === undefined) {
      const isLate = now.ms - opened.ms >= PATIENCE.heardMs;
      set(isLate ? { s: "past", atMs: opened.wallMs, why: "server" } : { s: "waiting" }, nodes);
      return;
    }
    const { beat, at } = last;
    const passedMs = now.ms - at.ms;
    if (passedMs >= PATIENCE.heardMs) set({ s: "past", atMs: at.wallMs, why: "server" }, nodes);
    else set(presenceOf(beat, { ms: now.ms, wallMs: at.wallMs + passedMs }, passedMs), hearingsOf(beat, passedMs));
  };
  return {
    presence: () => presence,
    nodes: () => nodes,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    marks: () => marks,
    onBeat(listener) {
      beatListeners.add(listener);
      return () => beatListeners.delete(listener);
    },
    beat(beat, now) {
      const serverMs = last === undefined ? 0 : now.ms - last.at.ms;
      marks = [...marks, markOf(beat, serverMs)].slice(-BEATS);
      last = { beat, at: now };
      look(now);
      for (const listener of beatListeners) listener();
    },
    look,
    reopen(now) {
      opened = now;
      last = undefined;
      look(now);
    },
  };
}

function markOf({ storeMs, nodes }: BeatView, serverMs: number): BeatMark {
  const ages = Object.values(nodes);
  const agents = ages.length === 0 ? undefined : { fromMs: Math.min(...ages), toMs: Math.max(...ages) };
  return { serverMs, storeMs, agents };
}

/** So long after a beat the next one is missing: whatever grew old meanwhile, the server is to blame. */
const MISSING_MS = 1.5 * BEAT_MS;

function presenceOf({ storeMs, attentionMs }: BeatView, now: Moment, passedMs: number): Presence {
  const heardMs = storeMs + passedMs;
  const hearing = hearingOf({ heardMs, listeningMs: attentionMs + passedMs });
  if (hearing === "heard") return { s: "now" };
  const isServer = hearing === "unknown" || passedMs >= MISSING_MS; // it paused itself and goes on just now, or does not
  return { s: "past", atMs: now.wallMs - heardMs, why: isServer ? "server" : "store" };
}

function hearingsOf({ nodes, askingMs }: BeatView, passedMs: number): NodeHearings {
  const listeningMs = askingMs + passedMs;
  const byNode = Object.entries(nodes).map(([node, ageMs]): [string, NodeHearing] => {
    const heardMs = ageMs + passedMs;
    const hearing = hearingOf({ heardMs, listeningMs });
    return [node, hearing === "heard" ? { hearing } : { hearing, silent: formatAge(-heardMs, 0) }];
  });
  return { byNode: new Map(byNode), others: { hearing: hearingOf({ heardMs: undefined, listeningMs }) } };
}

/** Before the first beat. */
export const NOBODY: NodeHearings = { byNode: new Map(), others: { hearing: "unknown" } };

export function hearingAmong({ byNode, others }: NodeHearings, node: string): NodeHearing {
  return byNode.get(node) ?? others;
}

const JITTER_MS = 1_500;

/** The moment since which nothing came is counted anew at each beat. */
function samePresence(a: Presence, b: Presence): boolean {
  if (a.s !== "past" || b.s !== "past") return a.s === b.s;
  return a.why === b.why && Math.abs(a.atMs - b.atMs) < JITTER_MS;
}

function sameHearings(a: NodeHearings, b: NodeHearings): boolean {
  return (
    a.others.hearing === b.others.hearing &&
    a.byNode.size === b.byNode.size &&
    Array.from(b.byNode).every(([node, { hearing, silent }]) => {
      const known = a.byNode.get(node);
      return known?.hearing === hearing && known.silent === silent;
    })
  );
}
