import { countSessions, sayCounts } from "@percale/bgp";
import type { Standing } from "@percale/bgp";
import type { BgpSession } from "@percale/protocol";
import { renderColumns } from "./rest/table.ts";

/** What `bgp.sessions` answers. */
export interface BgpAnswer {
  readonly nodes: readonly { readonly node: string; readonly isHeard: boolean }[];
  readonly sessions: readonly BgpSessionAnswer[];
}

/** One session; `ends` are those of our nodes. */
export interface BgpSessionAnswer {
  readonly standing: Standing;
  readonly ends: readonly BgpEnd[];
  readonly cause?: { readonly reason: string; readonly advice: string; readonly facts: string };
}

/** One end of a session. */
export interface BgpEnd extends BgpSession {
  readonly node: string;
  /** Its agent reports; else this is its last word. */
  readonly isHeard: boolean;
}

const TYPES = { NodeMesh: "mesh", NodePeer: "node", GlobalPeer: "global" } as const;
const HEADING = ["NODE", "PEER", "PEER-NODE", "TYPE", "AS", "STATE", "SINCE", "RECEIVED", "ADVERTISED"];
const WIDE = ["FILTERED", "LOCAL", "LOCAL-AS", "PORT", "PASSIVE", "PASSWORD", "TTL", "HOLD", "FLAPS", "ASKED-BY"];

export interface BgpTableOptions {
  /** Of one node only. */
  readonly node?: string | undefined;
  readonly wide?: boolean | undefined;
  readonly nowMs: number;
}

/** A row for each end, and below them how the sessions stand, and why those that are down are so and what to do. */
export function renderBgp(answer: BgpAnswer, { node, wide = false, nowMs }: BgpTableOptions): string {
  const ends = endsIn(answer, node);
  if (ends.length === 0) return `${nothing(answer, node)}\n`;
  const rows = ends.map((end) => [...cellsOf(end, nowMs), ...(wide ? wideCellsOf(end) : []), reasonOf(end)]);
  const table = renderColumns([[...HEADING, ...(wide ? WIDE : []), "REASON"], ...rows]);
  const { lead, rest } = sayCounts(countSessions(answer.sessions.filter((session) => session.ends.some(isOf(node)))));
  return `${table}\n${[`${lead} ${rest}`.trim(), ...explain(ends)].map((line) => `${line}\n`).join("")}`;
}

/** By node, each with the cause of its session. */
export function endsIn(
  { sessions }: BgpAnswer,
  node: string | undefined,
): readonly (BgpEnd & Pick<BgpSessionAnswer, "cause">)[] {
  return sessions
    .flatMap(({ ends, cause }) =>
      ends.filter(isOf(node)).map((end) => ({ ...end, ...(cause !== undefined && { cause }) })),
    )
    .toSorted((a, b) => (a.node < b.node ? -1 : Number(a.node > b.node)));
}

function isOf(node: string | undefined): (end: BgpEnd) => boolean {
  return (end) => node === undefined || end.node === node;
}

function cellsOf(end: BgpEnd, nowMs: number): string[] {
  const isUp = end.isHeard && end.state === "Established";
  return [
    end.node,
    end.peerIP,
    end.peerNode ?? "-",
    TYPES[end.type],
    String(end.asNumber),
    end.isHeard ? end.state : "Unknown",
    end.isHeard ? formatSince(end.since, nowMs) : "unknown",
    isUp ? String(end.routesImported) : "-",
    isUp ? String(end.routesExported) : "-",
  ];
}

/** Agents of older versions do not tell these. */
function wideCellsOf(end: BgpEnd): string[] {
  const told = (value: string | number | undefined): string => String(value ?? "-");
  const yesNo = (value: boolean | undefined): string => (value === undefined ? "-" : value ? "yes" : "no");
  return [
    told(end.routesFiltered),
    told(end.localIP),
    told(end.localASNumber),
    told(end.port),
    yesNo(end.passive),
    yesNo(end.hasPassword),
    told(end.ttlHops),
    end.holdSeconds === undefined ? "-" : `${end.holdSeconds}/${told(end.keepaliveSeconds)}`,
    told(end.flaps),
    end.ref === undefined ? "-" : `${end.ref.kind}/${end.ref.name}`,
  ];
}

/** BIRD's own words. An end may be Established, and the other one know better. */
function reasonOf({ isHeard, info, cause }: BgpEnd & Pick<BgpSessionAnswer, "cause">): string {
  if (!isHeard) return "agent not heard";
  return info !== "" ? info : cause === undefined ? "-" : "see below";
}

/** Both ends of a session tell the same cause: it is said once. */
function explain(ends: ReturnType<typeof endsIn>): string[] {
  const toldOf = new Set<string>();
  return ends.flatMap(({ node, peerIP, peerNode, cause }) => {
    if (cause === undefined || toldOf.has(cause.facts)) return [];
    toldOf.add(cause.facts);
    return [
      `${node} – ${peerNode === undefined ? peerIP : `${peerNode} (${peerIP})`}: ${cause.reason} ${cause.advice}`,
    ];
  });
}

function nothing({ nodes }: BgpAnswer, node: string | undefined): string {
  if (nodes.length === 0) return "No BGP sessions: no node has joined.";
  if (node === undefined) return "No BGP sessions: no node has a peer. The mesh begins with the second node.";
  return nodes.some((one) => one.node === node && one.isHeard)
    ? `${node} has no BGP sessions.`
    : `${node} has reported no BGP sessions; its agent is not heard.`;
}

/** `42s`, `7m`, `3h12m`, `5d`; unknown stays unknown. */
function formatSince(since: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1000));
  if (!(Date.parse(since) > 0)) return "unknown";
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d`;
}
