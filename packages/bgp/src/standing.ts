import type { BothEnds, End } from "./ends.ts";
import { seesDown } from "./ends.ts";

/** A session needs a moment to come up: after a start, a change, a retry. */
export const BGP_GRACE_MS = 30_000;

/**
 * How sessions stand, from the worst to the best. One session is what two ends have in one address family, as the mesh or a peer
 * asks for it (`pairEnds`). It stands
 *
 *   down            an end that is heard says that it is not Established, for longer than it takes to come up
 *   halfConfigured  so it is down, and only one of two nodes of ours has it
 *   oneSided        so it is down, and the other end says that it is Established
 *   connecting      an end says that it is not Established, and has not said so for long
 *   unheard         no end that is heard says that it is down, and an end is not heard
 *   established     both ends say so; of a peer that is no node of ours, the end that is ours
 */
export const STANDINGS = ["down", "halfConfigured", "oneSided", "connecting", "unheard", "established"] as const;
export type Standing = (typeof STANDINGS)[number];

/** Sessions by how they stand. */
export type SessionCounts = { readonly total: number } & Readonly<Record<Standing, number>>;

export function standingOf(both: BothEnds, now: number): Standing {
  const { near, far, peer } = both;
  const ends = endsOf(both);
  const heard = ends.filter(({ report }) => report.isHeard);
  const up = heard.filter(({ session }) => session.state === "Established");
  const isHalf = far === undefined && peer !== undefined && peer.isHeard && peer.birdRuns;
  if (up.length < heard.length) {
    if (isComingUp(both, now)) return "connecting";
    if (up.length > 0) return "oneSided";
    return isHalf ? "halfConfigured" : "down";
  }
  if (heard.length < ends.length || peer?.isHeard === false) return "unheard";
  return isHalf && near.report.isHeard ? "halfConfigured" : "established";
}

/** Since when it is so: RFC 3339; undefined where nobody who is heard can tell. */
export function standsSince(both: BothEnds, standing: Standing): string | undefined {
  if (standing === "unheard") return undefined;
  if (standing !== "established") return downSince(both);
  return endsOf(both)
    .map(({ session }) => session.since)
    .sort()
    .at(-1);
}

/** The earliest that a witness tells. */
export function downSince(both: BothEnds): string | undefined {
  return endsOf(both)
    .filter(seesDown)
    .map(({ session }) => session.since)
    .sort()[0];
}

export function endsOf({ near, far }: BothEnds): readonly End[] {
  return far === undefined ? [near] : [near, far];
}

export function countSessions(sessions: readonly { readonly standing: Standing }[]): SessionCounts {
  const counts = {
    total: sessions.length,
    down: 0,
    halfConfigured: 0,
    oneSided: 0,
    connecting: 0,
    unheard: 0,
    established: 0,
  };
  for (const { standing } of sessions) counts[standing] += 1;
  return counts;
}

const WORDS: Readonly<Record<Standing, string>> = {
  down: "down",
  halfConfigured: "half configured",
  oneSided: "one-sided",
  connecting: "connecting",
  unheard: "not heard",
  established: "established",
};

/**
 * `4 of 6 sessions are established.` and `1 down, 1 not heard.`, the worst first; the same words wherever sessions are counted. `verb`
 * chooses the form that fits, now or then.
 */
export function sayCounts(
  counts: SessionCounts,
  verb: (now: string, then: string) => string = (now) => now,
): { readonly lead: string; readonly rest: string } {
  const { total, established } = counts;
  if (total === 0) return { lead: `No node ${verb("reports", "reported")} a BGP session.`, rest: "" };
  const others = STANDINGS.filter((standing) => standing !== "established" && counts[standing] > 0);
  const rest = others.map((standing) => `${counts[standing]} ${WORDS[standing]}`).join(", ");
  const isWell = established === total;
  if (total === 1)
    return {
      lead: `The only session ${verb("is", "was")} ${isWell ? "" : "not "}established.`,
      rest: isWell ? "" : `${rest}.`,
    };
  if (isWell) return { lead: `All ${total} sessions ${verb("are", "were")} established.`, rest };
  return { lead: `${established} of ${total} sessions ${verb("are", "were")} established.`, rest: `${rest}.` };
}

/** Of one session, as in a table. */
export function sayStanding(standing: Standing): string {
  const words = WORDS[standing];
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A BIRD that runs and does not list the session yet is about to; one that does not run is not. */
function isComingUp(both: BothEnds, now: number): boolean {
  const since = downSince(both);
  if (since !== undefined) return now - Date.parse(since) < BGP_GRACE_MS;
  return endsOf(both).every(({ report }) => report.birdRuns);
}
