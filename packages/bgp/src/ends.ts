import type { ObjectRef } from "@percale/resources";
import type { SessionStatus } from "./control.ts";
import type { BgpConfigurationObject } from "./model.ts";
import { DEFAULT_PORT } from "./port.ts";

/** What one node says, as far as BGP goes. */
export interface BgpReport {
  readonly node: string;
  /** Its agent reports; else the rest is its last word. */
  readonly isHeard: boolean;
  readonly birdRuns: boolean;
  readonly routerID?: string | undefined;
  readonly listenPort?: number | undefined;
  /** TCP segments that the kernel dropped of late for their MD5 signature. */
  readonly md5Refused?: Md5Refused | undefined;
  readonly sessions: readonly SessionStatus[];
}

export interface Md5Refused {
  /** A signature was expected, there was none. */
  readonly notFound: number;
  /** There was a signature, none was expected. */
  readonly unexpected: number;
  /** Signed with another password. */
  readonly failure: number;
}

export interface End {
  readonly report: BgpReport;
  readonly session: SessionStatus;
}

/** One session as all see it who know of it. */
export interface BothEnds {
  /** A node of ours; of two, the one that sees it down, else the first by name. */
  readonly near: End;
  /** The other end, where that is a node of ours which has the session too. */
  readonly far: End | undefined;
  /** The node at the other end, also where it does not know of the session. */
  readonly peer: BgpReport | undefined;
}

/** Each session once. */
export function pairEnds(reports: readonly BgpReport[]): BothEnds[] {
  const byNode = new Map(reports.map((report) => [report.node, report]));
  const byWay = Map.groupBy(
    reports.flatMap(({ node, sessions }) => sessions.map((session) => ({ node, session }))),
    ({ node, session }) => `${node} ${session.peerNode ?? ""}`,
  );
  const paired = new Set<SessionStatus>();
  const ends: BothEnds[] = [];
  for (const report of reports.toSorted((a, b) => (a.node < b.node ? -1 : 1)))
    for (const session of report.sessions) {
      if (paired.has(session)) continue;
      const peer = session.peerNode === undefined ? undefined : byNode.get(session.peerNode);
      const other = byWay
        .get(`${session.peerNode ?? ""} ${report.node}`)
        ?.find((one) => !paired.has(one.session) && isSame(session, one.session))?.session;
      if (other !== undefined) paired.add(session).add(other);
      const near = { report, session };
      const far = peer === undefined || other === undefined ? undefined : { report: peer, session: other };
      if (far !== undefined && !seesDown(near) && seesDown(far)) ends.push({ near: far, far: near, peer: report });
      else ends.push({ near, far, peer });
    }
  return ends;
}

/** A silent agent's last word, or that of a BIRD that is gone, is no witness: it has no time, or (old agents) that of the epoch. */
export function seesDown({ report, session }: End): boolean {
  return report.isHeard && Date.parse(session.since) > 0 && session.state !== "Established";
}

export function formatBgpRef(ref: ObjectRef | undefined): string {
  return ref === undefined ? "the mesh (BGPConfiguration default)" : `${ref.kind} ${ref.name}`;
}

/** The port that a node's BIRD listens on. */
export function listenPortOf(configurations: readonly BgpConfigurationObject[], node: string): number {
  const of = (name: string): number | undefined =>
    configurations.find(({ metadata }) => metadata.name === name)?.spec.listenPort;
  return of(`node.${node}`) ?? of("default") ?? DEFAULT_PORT;
}

/** Of two sessions between the same nodes. Old agents do not tell their own address. */
function isSame(session: SessionStatus, other: SessionStatus): boolean {
  return (
    (other.type === "NodeMesh") === (session.type === "NodeMesh") &&
    familyOf(other.peerIP) === familyOf(session.peerIP) &&
    (session.localIP === undefined || session.localIP === other.peerIP) &&
    (other.localIP === undefined || other.localIP === session.peerIP)
  );
}

export function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
