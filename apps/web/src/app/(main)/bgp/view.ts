import type { BgpSession } from "@percale/protocol";
import { PRESENT, type Tense } from "../../../words/tense.ts";
import { compareNames, type NodeReport } from "../nodes/view.ts";

/** One session between two ends, seen from one or both of them. */
export interface Session {
  readonly id: string;
  /** A node of ours. */
  readonly node: string;
  /** The other end: a node's name, or an address outside. */
  readonly peer: string;
  readonly peerIsNode: boolean;
  readonly kind: BgpSession["type"];
  readonly asNumber: number;
  readonly state: SessionState;
  /** What each end says; the second is absent for a peer that we do not manage. */
  readonly ends: readonly SessionEnd[];
}

export interface SessionEnd {
  readonly node: string;
  /** Its agent reports now; else the session is its last word. */
  readonly isHeard: boolean;
  readonly session: BgpSession;
}

export type SessionState = BgpSession["state"] | "Half configured" | "Unknown";
export type Health = "up" | "connecting" | "down" | "half";

export function healthOf(state: SessionState): Health {
  return standingOf(state).health;
}

/** What is known of an end now. */
export function stateOf({ isHeard, session }: SessionEnd): SessionState {
  return isHeard ? session.state : "Unknown";
}

/** From the worst to the best. */
const STATES: Readonly<Record<SessionState, { readonly rank: number; readonly health: Health }>> = {
  Close: { rank: 0, health: "down" },
  Idle: { rank: 1, health: "down" },
  "Half configured": { rank: 2, health: "half" },
  Active: { rank: 3, health: "connecting" },
  Connect: { rank: 4, health: "connecting" },
  OpenSent: { rank: 5, health: "connecting" },
  OpenConfirm: { rank: 6, health: "connecting" },
  Unknown: { rank: 7, health: "connecting" },
  Established: { rank: 8, health: "up" },
};

function standingOf(state: SessionState): (typeof STATES)[SessionState] {
  return STATES[state] ?? STATES.Unknown; // one that only newer agents know
}

/** Pairs the two ends of each session; the worse state counts. Broken ones first. */
export function sessionsOf(reports: readonly NodeReport[]): readonly Session[] {
  const byId = new Map<string, Session>();
  const reporting = new Set(reports.filter((report) => report.status !== undefined).map((report) => report.name));
  for (const { name, status, hearing } of reports) {
    for (const session of status?.sessions ?? []) {
      const peer = session.peerNode ?? session.peerIP;
      const id = session.peerNode === undefined ? `${name}~${peer}` : [name, peer].sort(compareNames).join("~");
      const known = byId.get(id);
      const end = { node: name, isHeard: hearing === "heard", session };
      const ends = [...(known?.ends ?? []), end];
      byId.set(id, {
        id,
        node: known?.node ?? name,
        peer: known?.peer ?? peer,
        peerIsNode: session.peerNode !== undefined,
        kind: session.type,
        asNumber: session.asNumber,
        state: worse(known?.state, stateOf(end)),
        ends,
      });
    }
  }
  return [...byId.values()]
    .map((session) => (isHalf(session, reporting) ? { ...session, state: "Half configured" as const } : session))
    .sort((a, b) => standingOf(a.state).rank - standingOf(b.state).rank || compareNames(a.id, b.id));
}

/** Only one of two nodes of ours has the session, and it does not stand. */
function isHalf(session: Session, reporting: ReadonlySet<string>): boolean {
  return (
    session.peerIsNode &&
    session.ends.every(({ node }) => node === session.node) &&
    session.state !== "Established" &&
    reporting.has(session.peer)
  );
}

function worse(a: SessionState | undefined, b: SessionState): SessionState {
  return a === undefined || standingOf(b).rank < standingOf(a).rank ? b : a;
}

export function sessionsVerdict(
  sessions: readonly Session[],
  { say, verb }: Tense = PRESENT,
): { readonly lead: string; readonly rest: string } {
  if (sessions.length === 0) return { lead: "No BGP session is configured.", rest: "Nodes exchange no routes." };
  const up = sessions.filter((session) => session.state === "Established").length;
  const counts = new Map<SessionState, number>();
  for (const { state } of sessions) if (state !== "Established") counts.set(state, (counts.get(state) ?? 0) + 1);
  const rest = [...counts].map(([state, count]) => `${count} ${state.toLowerCase()}`).join(", ");
  return {
    lead: say(
      `${up === sessions.length ? `All ${up}` : `${up} of ${sessions.length}`} sessions ${verb("", "were ")}established.`,
    ),
    rest: rest === "" ? "" : `${rest}.`,
  };
}

export interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly up: number;
  readonly total: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Placed[];
  readonly peers: readonly Placed[];
  /** Single lines: every session that is not up, and those of the selected end. */
  readonly lines: readonly { readonly session: Session; readonly from: Placed; readonly to: Placed }[];
  /** Healthy sessions of a peer, or of the mesh, as one line with a count. */
  readonly bundles: readonly {
    readonly id: string;
    readonly count: number;
    readonly from: Placed;
    readonly to: Placed;
  }[];
  readonly mesh:
    | { readonly up: number; readonly total: number; readonly cx: number; readonly cy: number; readonly r: number }
    | undefined;
}

const MAX_SINGLE = 12;

/**
 * Peers outside on top, nodes below on an arc. A mesh of more than a handful is one ring; what is broken is always drawn alone.
 * Deterministic: the same sessions give the same picture.
 */
export function layoutSessions(reports: readonly NodeReport[], sessions: readonly Session[], width: number): Drawing {
  const names = [
    ...new Set([...reports.map((report) => report.name), ...sessions.map((session) => session.node)]),
  ].sort(compareNames);
  const outside = [...new Set(sessions.filter((session) => !session.peerIsNode).map((session) => session.peer))].sort(
    compareNames,
  );
  const meshSessions = sessions.filter((session) => session.peerIsNode);
  const up = (list: readonly Session[]) => list.filter((session) => session.state === "Established").length;
  const touching = (name: string) => sessions.filter((session) => session.node === name || session.peer === name);
  const place = (name: string, x: number, y: number): Placed => ({
    name,
    x,
    y,
    up: up(touching(name)),
    total: touching(name).length,
  });

  const top = outside.length === 0 ? 0 : 120;
  const radius = Math.max(110, Math.min(width / 2 - 110, 60 + names.length * 22, 230));
  const centre = { x: width / 2, y: top + radius + 50 };
  const height = centre.y + radius + 60;
  // A circle from the top; two nodes stand side by side rather than above each other.
  const turn = names.length === 2 ? Math.PI / 2 : 0;
  const nodes = names.map((name, index) => {
    const angle = (index / Math.max(1, names.length)) * 2 * Math.PI - Math.PI / 2 + turn;
    return names.length === 1
      ? place(name, centre.x, centre.y)
      : place(name, centre.x + radius * Math.cos(angle), centre.y + radius * Math.sin(angle));
  });
  const peers = outside.map((name, index) => place(name, ((index + 1) / (outside.length + 1)) * width, 50));
  const at = new Map([...nodes, ...peers].map((placed) => [placed.name, placed]));

  const drawMeshSingly = meshSessions.length <= MAX_SINGLE;
  const lines: { session: Session; from: Placed; to: Placed }[] = [];
  const bundled = new Map<string, { id: string; count: number; from: Placed; to: Placed }>();
  for (const session of sessions) {
    const from = at.get(session.node);
    const to = at.get(session.peer);
    if (from === undefined || to === undefined) continue;
    if (
      session.state !== "Established" ||
      (session.peerIsNode ? drawMeshSingly : sessions.length - meshSessions.length <= MAX_SINGLE)
    )
      lines.push({ session, from, to });
    else if (!session.peerIsNode) {
      const old = bundled.get(session.peer);
      bundled.set(session.peer, {
        id: session.peer,
        count: (old?.count ?? 0) + 1,
        from: place("", centre.x, centre.y - radius),
        to,
      });
    }
  }
  return {
    width,
    height,
    nodes,
    peers,
    lines,
    bundles: [...bundled.values()],
    mesh:
      meshSessions.length > MAX_SINGLE
        ? { up: up(meshSessions), total: meshSessions.length, cx: centre.x, cy: centre.y, r: radius }
        : undefined,
  };
}

/** Why a session is down, as the API found out from both ends. */
export interface Cause {
  readonly reason: string;
  readonly advice: string;
  readonly facts: string;
}

/** One end as the API tells it. */
export type DiagnosedEnd = Pick<BgpSession, "peerIP" | "type"> & { readonly node: string; readonly cause?: Cause };

/** Of all that is between two ends (a session for each family, or beside the mesh), each cause once. */
export function causesOf({ ends }: Session, diagnosed: readonly DiagnosedEnd[]): readonly Cause[] {
  const causes = diagnosed.flatMap(({ node, peerIP, type, cause }) => {
    const isHere = ends.some((end) => end.node === node && end.session.peerIP === peerIP && end.session.type === type);
    return isHere && cause !== undefined ? [cause] : [];
  });
  return [...new Map(causes.map((cause) => [cause.facts, cause])).values()];
}

/** The end that tells most of the session's state. */
export function worstEnd({ ends }: Session): BgpSession | undefined {
  return ends.toSorted((a, b) => standingOf(stateOf(a)).rank - standingOf(stateOf(b)).rank)[0]?.session;
}

/** What belongs side by side: the two ends of one family and kind. Broken ones first. */
export function pairsOf({ ends }: Session): readonly { readonly title: string; readonly ends: Session["ends"] }[] {
  const titleOf = ({ peerIP, type }: BgpSession): string =>
    `${peerIP.includes(":") ? "IPv6" : "IPv4"}${type === "NodeMesh" ? " mesh" : " peer"}`;
  const groups = Map.groupBy(ends, ({ session }) => titleOf(session));
  const rank = (group: Session["ends"]): number => Math.min(...group.map((end) => standingOf(stateOf(end)).rank));
  return [...groups].map(([title, group]) => ({ title, ends: group })).sort((a, b) => rank(a.ends) - rank(b.ends));
}
