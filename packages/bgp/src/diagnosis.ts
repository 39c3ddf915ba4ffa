import { BGPConfiguration, BGPPeer, Node } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import { causeOf } from "./causes.ts";
import type { SessionStatus } from "./control.ts";
import type { BgpReport, BothEnds, End } from "./ends.ts";
import { pairEnds, seesDown } from "./ends.ts";

/** A session needs a moment to come up: after a start, a change, a retry. */
export const BGP_GRACE_MS = 30_000;

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

/**
 * Sessions that have been down for longer than the grace time, each once, with the likely cause. Pure, from what the nodes say
 * now: nothing is to be cleared.
 */
export function diagnoseBgp({
  reports,
  now,
  hasDefaultConfiguration,
}: {
  readonly reports: readonly BgpReport[];
  readonly now: number;
  readonly hasDefaultConfiguration: boolean;
}): BgpDiagnosis[] {
  return pairEnds(reports).flatMap((both): BgpDiagnosis[] => {
    const since = downSince(both);
    if (since === undefined || now - Date.parse(since) < BGP_GRACE_MS) return [];
    const { near, far } = both;
    const { peerIP, peerNode, ref } = near.session;
    const ends = far === undefined ? [near] : [near, far];
    const wanted = ends.find(({ session }) => session.ref?.kind === BGPPeer.kind)?.session.ref ?? ref;
    return [
      {
        ends: ends.map(({ report, session }) => ({ node: report.node, session })),
        session: `${near.report.node} – ${peerNode === undefined ? peerIP : `${peerNode} (${peerIP})`}`,
        ...causeOf(both),
        facts: ends.map(factsOf).join(" "),
        since,
        ref: wanted?.kind === BGPPeer.kind ? wanted : meshRef(near, hasDefaultConfiguration),
      },
    ];
  });
}

/** The earliest that a witness tells. */
function downSince({ near, far }: BothEnds): string | undefined {
  return [near, ...(far === undefined ? [] : [far])]
    .filter(seesDown)
    .map(({ session }) => session.since)
    .sort()[0];
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
