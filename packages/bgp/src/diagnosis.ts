import { BGPConfiguration, BGPPeer, Node } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { causeOf } from "./causes.ts";
import type { SessionStatus } from "./control.ts";
import type { BothEnds, End } from "./ends.ts";
import { BGP_GRACE_MS, downSince, endsOf } from "./standing.ts";

/** One session that is down. */
export interface BgpDiagnosis {
  /** One or both: the nodes of ours that have the session, and what they say of it, as given. */
  readonly ends: readonly { readonly node: string; readonly session: SessionStatus }[];
  /** `node-1 – node-2 (192.0.2.2)`. */
  readonly session: string;
  /** The likely cause in one sentence or two. */
  readonly reason: string;
  /** What each end has and expects. */
  readonly facts: string;
  readonly advice: string;
  /** RFC 3339. */
  readonly since: string;
  readonly ref: ObjectRef;
}

/** Why a session is down that has been so for longer than the grace time; undefined of any other. */
export function diagnosisOf(
  both: BothEnds,
  { now, hasDefaultConfiguration }: { readonly now: number; readonly hasDefaultConfiguration: boolean },
): BgpDiagnosis | undefined {
  const since = downSince(both);
  if (since === undefined || now - Date.parse(since) < BGP_GRACE_MS) return undefined;
  const { near } = both;
  const { peerIP, peerNode, ref } = near.session;
  const ends = endsOf(both);
  const wanted = ends.find(({ session }) => session.ref?.kind === BGPPeer.kind)?.session.ref ?? ref;
  return {
    ends: ends.map(({ report, session }) => ({ node: report.node, session })),
    session: `${near.report.node} – ${peerNode === undefined ? peerIP : `${peerNode} (${peerIP})`}`,
    ...causeOf(both),
    facts: ends.map(factsOf).join(" "),
    since,
    ref: wanted?.kind === BGPPeer.kind ? wanted : meshRef(near, hasDefaultConfiguration),
  };
}

/** What asks for a session of the mesh: its configuration, and where nobody made one, being a node. */
function meshRef({ report }: End, hasDefaultConfiguration: boolean): ObjectRef {
  return hasDefaultConfiguration
    ? { kind: BGPConfiguration.kind, name: "default" }
    : { kind: Node.kind, name: report.node };
}

/** `node-1 (192.0.2.1, AS 64512) expects AS 64999 at 192.0.2.2 port 179 and connects; password; Idle, “Bad peer AS”.` */
function factsOf({ report, session }: End): string {
  const own = [session.localIP, session.localASNumber === undefined ? undefined : `AS ${session.localASNumber}`]
    .filter((text) => text !== undefined)
    .join(", ");
  const port = session.port === undefined ? "" : ` port ${session.port}`;
  const way = session.passive === undefined ? "" : session.passive ? " and waits" : " and connects";
  const parts = [
    `${report.node}${own === "" ? "" : ` (${own})`} expects AS ${session.asNumber} at ${session.peerIP}${port}${way}`,
    ...(session.hasPassword === true ? ["has a password"] : []),
    ...(session.ttlHops === undefined ? [] : [`TTL security of ${session.ttlHops}`]),
    report.isHeard ? `${session.state}${session.info === "" ? "" : `, “${session.info}”`}` : "not heard",
  ];
  return `${parts.join("; ")}.`;
}
