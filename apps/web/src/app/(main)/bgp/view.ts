import type { BgpEndView, BgpSessionView } from "@percale/api";
import { type SessionCounts, type Standing, STANDINGS } from "@percale/bgp/standing";
import type { Severity } from "../../../parts/severity.tsx";
import { compareNames } from "../nodes/view.ts";

/** A session as the API tells it: one pair of ends, one address family. */
export type Session = BgpSessionView;
export type SessionEnd = BgpEndView;

/** How bad it is: what nobody knows is neither well nor broken. */
const SEVERITIES: Readonly<Record<Standing, Severity>> = {
  down: "critical",
  halfConfigured: "critical",
  oneSided: "critical",
  connecting: "warning",
  unheard: "unknown",
  established: "ok",
};

export function severityOf(standing: Standing): Severity {
  return SEVERITIES[standing];
}

/** Of many sessions, as a number is coloured. */
export function severityOfCounts(counts: SessionCounts): Severity {
  return severityOf(STANDINGS.find((standing) => counts[standing] > 0) ?? "established");
}

/** The worst first, then by name with numbers in their order. */
export function sortSessions(sessions: readonly Session[]): readonly Session[] {
  const rank = ({ standing }: Session): number => STANDINGS.indexOf(standing);
  return sessions.toSorted((a, b) => rank(a) - rank(b) || compareNames(a.id, b.id));
}

/** The two that have it: a node of ours, and the name or address of the other. */
export function partiesOf({ ends, peer }: Session): readonly [string, string] {
  return [ends[0]!.node, peer.node ?? peer.address]; // a session has an end
}

export function touches(session: Session, name: string): boolean {
  return session.ends.some(({ node }) => node === name) || session.peer.node === name;
}

/** `IPv4 mesh`. */
export function familyWords({ family, kind }: Session): string {
  return `IPv${family} ${kind}`;
}

/** `iBGP 64512`, `eBGP 64512 → 64601`; of an agent that does not tell its own number, the other's. */
export function asWords({ ends }: Session): string {
  const { localASNumber: own, asNumber: other } = ends[0]!;
  if (own === undefined) return `AS ${other}`;
  return own === other ? `iBGP ${own}` : `eBGP ${own} → ${other}`;
}

/** What is known of one end now, and what it said last where nothing is. */
export function endState({ isHeard, birdRuns, state, since }: SessionEnd): {
  readonly severity: Severity;
  readonly text: string;
  readonly lastWord?: string;
} {
  if (!isHeard) return { severity: "unknown", text: "Not heard", lastWord: state };
  if (!birdRuns) return { severity: "critical", text: "BIRD does not run" };
  if (state === "Established") return { severity: "ok", text: state };
  if (since === "") return { severity: "warning", text: "Not started yet" };
  return { severity: state === "Idle" || state === "Close" ? "critical" : "warning", text: state };
}

/** Why a session is not established, as far as anybody knows. */
export interface Remark {
  readonly tone: "d" | "w" | "";
  readonly reason: string;
  readonly advice: string;
  readonly facts?: string;
}

/** The cause that the API found; else what its standing means. Undefined of one that is established. */
export function remarkOn(session: Session): Remark | undefined {
  const { standing, cause, ends, peer } = session;
  if (cause !== undefined) return { tone: "d", ...cause };
  const stopped = ends.find(({ isHeard, birdRuns }) => isHeard && !birdRuns);
  if (stopped !== undefined)
    return {
      tone: "d",
      reason: `BIRD does not run on ${stopped.node}.`,
      advice: `Its conditions say what keeps it; its agent starts it again.`,
    };
  switch (standing) {
    case "established":
      return undefined;
    case "unheard": {
      const silent = ends.find(({ isHeard }) => !isHeard)?.node ?? peer.node ?? peer.address;
      const reason = `The agent of ${silent} is not heard, so nobody knows.`;
      return { tone: "", reason, advice: "The session may stand all the same: BIRD goes on without the agent." };
    }
    case "connecting":
      return {
        tone: "w",
        reason: "It is coming up.",
        advice: "If it is not up 30 s after it went down, the cause is looked for.",
      };
    case "halfConfigured": {
      const [node, other] = partiesOf(session);
      return { tone: "d", reason: `Only ${node} has this session.`, advice: `${other} has no peer for ${node}.` };
    }
    case "oneSided":
    case "down":
      return { tone: "d", reason: "Its ends do not agree.", advice: "What each of them sees is below." };
  }
}

/** What one end knows, as title and value; what it does not know is left out. */
export function endFacts(end: SessionEnd): readonly (readonly [title: string, value: string])[] {
  const { localIP, localASNumber, peerIP, port, asNumber, passive, hasPassword, ttlHops } = end;
  const hold = end.holdSeconds === undefined ? undefined : `${end.holdSeconds} s`;
  const keepalive = end.keepaliveSeconds === undefined ? "" : ` / ${end.keepaliveSeconds} s`;
  const all: readonly (readonly [string, string | undefined])[] = [
    ["Own address", joined(localIP, localASNumber)],
    ["Expects", joined(port === undefined || port === 179 ? peerIP : `${peerIP} port ${port}`, asNumber)],
    ["Who connects", passive === undefined ? undefined : passive ? "waits for the peer" : "connects to the peer"],
    ["Password", hasPassword === undefined ? undefined : hasPassword ? "set" : "none"],
    ["TTL security", ttlHops === undefined ? undefined : ttlHops === 1 ? "1 hop" : `${ttlHops} hops`],
    ["Hold / keepalive", hold && `${hold}${keepalive}`],
    ["Lost", lost(end.flaps)],
    ["BIRD says", end.info === "" ? undefined : end.info],
  ];
  return all.flatMap(([title, value]) => (value === undefined ? [] : [[title, value] as const]));
}

/** How many routes an end exchanges; undefined unless it does. */
export function routesOf(
  end: SessionEnd,
): { readonly received: number; readonly filtered: number; readonly sent: number } | undefined {
  const { isHeard, state, routesImported, routesFiltered = 0, routesExported } = end;
  if (!isHeard || state !== "Established") return undefined;
  return { received: routesImported, filtered: routesFiltered, sent: routesExported };
}

function joined(address: string | undefined, as: number | undefined): string | undefined {
  if (address === undefined) return as === undefined ? undefined : `AS ${as}`;
  return as === undefined ? address : `${address}, AS ${as}`;
}

/** Since its agent started. */
function lost(flaps: number | undefined): string | undefined {
  if (flaps === undefined) return undefined;
  return flaps === 0 ? "never" : flaps === 1 ? "once" : `${flaps} times`;
}
