import type { BgpDiagnosis } from "./diagnosis.ts";
import { diagnosisOf } from "./diagnosis.ts";
import type { BgpReport, BothEnds, End } from "./ends.ts";
import { familyOf, pairEnds } from "./ends.ts";
import type { Standing } from "./standing.ts";
import { endsOf, standingOf, standsSince } from "./standing.ts";

/** One session, as all see it together who know of it. */
export interface JudgedSession {
  /** `node-1~node-2~mesh4`; stays while the session does. */
  readonly id: string;
  readonly family: 4 | 6;
  readonly kind: "mesh" | "peer";
  readonly standing: Standing;
  /** RFC 3339; absent where nobody can tell. */
  readonly since?: string;
  /** One or two, by name of the node: those of ours that have it. */
  readonly ends: readonly End[];
  /** What the first end calls the other one. */
  readonly peer: { readonly address: string; readonly node?: string };
  /** Once it has been down for longer than it takes to come up. */
  readonly diagnosis?: BgpDiagnosis;
}

interface Sources {
  readonly reports: readonly BgpReport[];
  readonly now: number;
  readonly hasDefaultConfiguration: boolean;
}

/** Every session once, from what the nodes say now. Pure: nothing is to be cleared. */
export function judgeSessions({ reports, ...about }: Sources): JudgedSession[] {
  const takenOf = new Map<string, number>();
  return pairEnds(reports).map((both) => {
    const name = nameOf(both);
    const taken = (takenOf.get(name) ?? 0) + 1;
    takenOf.set(name, taken);
    return judged(both, { id: taken === 1 ? name : `${name}~${taken}`, ...about });
  });
}

/** The sessions that have been down for longer than the grace time, with the likely cause. */
export function diagnoseBgp(sources: Sources): BgpDiagnosis[] {
  return judgeSessions(sources).flatMap(({ diagnosis }) => diagnosis ?? []);
}

function judged(both: BothEnds, { id, ...about }: { readonly id: string } & Omit<Sources, "reports">): JudgedSession {
  const standing = standingOf(both, about.now);
  const since = standsSince(both, standing);
  const diagnosis = diagnosisOf(both, about);
  const ends = endsOf(both).toSorted((a, b) => (a.report.node < b.report.node ? -1 : 1));
  const { peerIP, peerNode } = ends[0]!.session; // near is there
  return {
    id,
    family: familyOf(peerIP),
    kind: kindOf(both),
    standing,
    ...(since !== undefined && { since }),
    ends,
    peer: { address: peerIP, ...(peerNode !== undefined && { node: peerNode }) },
    ...(diagnosis !== undefined && { diagnosis }),
  };
}

/** Does not say which end is near: that changes with what they see. */
function nameOf(both: BothEnds): string {
  const { report, session } = both.near;
  const { peerNode, peerIP } = session;
  const between = peerNode === undefined ? [report.node, peerIP] : [report.node, peerNode].sort();
  return `${between.join("~")}~${kindOf(both)}${familyOf(peerIP)}`;
}

function kindOf({ near }: BothEnds): JudgedSession["kind"] {
  return near.session.type === "NodeMesh" ? "mesh" : "peer";
}
