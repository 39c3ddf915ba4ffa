import { diagnoseBgp, listenPortOf } from "@percale/bgp";
import type { BgpConfigurationObject, BgpDiagnosis, BgpReport } from "@percale/bgp";
import { condition } from "@percale/protocol";
import { BGPConfiguration, Node } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { BgpSessionsView, ConditionView, NodeStatusView } from "../trpc/views.ts";

interface Sources {
  readonly store: Datastore;
  readonly statuses: readonly NodeStatusView[];
}

/** Each node's sessions as it reports them, and of those that are down the likely cause. */
export async function bgpSessions(sources: Sources): Promise<BgpSessionsView> {
  const { reports, diagnoses } = await look(sources);
  const causeBySession = new Map(
    diagnoses.flatMap(({ ends, reason, advice, facts }) =>
      ends.map(({ session }) => [session, { reason, advice, facts }]),
    ),
  );
  return {
    nodes: reports.map(({ node, isHeard }) => ({ node, isHeard })),
    sessions: reports.flatMap(({ node, isHeard, sessions }) =>
      sessions.map((session) => {
        const cause = causeBySession.get(session);
        return { node, isHeard, ...session, ...(cause !== undefined && { cause }) };
      }),
    ),
  };
}

/** One for each session that is down, whoever's ends it has. */
export async function bgpConditions(sources: Sources): Promise<ConditionView[]> {
  const { diagnoses } = await look(sources);
  return diagnoses.map(({ ends, session, reason, facts, advice, since, ref }) => ({
    ...condition.BgpSessionDown({ session, remedy: advice, detail: `${reason} ${facts}`, ref }),
    source: ends[0]!.node, // a session has an end
    nodes: ends.map(({ node }) => node),
    since,
  }));
}

async function look({
  store,
  statuses,
}: Sources): Promise<{ readonly reports: readonly BgpReport[]; readonly diagnoses: readonly BgpDiagnosis[] }> {
  const [objects, configurations] = await Promise.all([
    store.list({ kind: Node.kind }),
    store.list({ kind: BGPConfiguration.kind }),
  ]);
  const stored = configurations.items as readonly BgpConfigurationObject[]; // the store checked their fields
  const reported = statuses.map(({ node, hearing, status: { bird, sessions } }): BgpReport => ({
    node,
    isHeard: hearing === "heard",
    birdRuns: bird.state === "Ready",
    routerID: bird.routerID,
    listenPort: listenPortOf(stored, node),
    md5Refused: bird.md5Refused,
    sessions,
  }));
  const silent = objects.items
    .map(({ metadata }) => metadata.name)
    .filter((name) => !statuses.some(({ node }) => node === name))
    .map((node): BgpReport => ({ node, isHeard: false, birdRuns: false, sessions: [] }));
  const reports = [...reported, ...silent].sort((a, b) => (a.node < b.node ? -1 : 1));
  const hasDefaultConfiguration = stored.some(({ metadata }) => metadata.name === "default");
  return { reports, diagnoses: diagnoseBgp({ reports, now: Date.now(), hasDefaultConfiguration }) };
}
