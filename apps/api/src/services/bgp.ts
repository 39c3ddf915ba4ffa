import { countSessions, judgeSessions, listenPortOf } from "@percale/bgp";
import type { BgpConfigurationObject, BgpReport, JudgedSession } from "@percale/bgp";
import { condition } from "@percale/protocol";
import type { AgentStatus } from "@percale/protocol";
import { BGPConfiguration, Node } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { BgpCountsView, BgpSessionsView, BgpSessionView, ConditionView, NodeStatusView } from "../trpc/views.ts";

interface Sources {
  readonly store: Datastore;
  readonly statuses: readonly NodeStatusView<AgentStatus>[];
}

/** Every session with its ends, and of those that are down the likely cause. */
export async function bgpSessions(sources: Sources): Promise<BgpSessionsView> {
  const { reports, sessions } = await look(sources);
  return { nodes: reports.map(({ node, isHeard }) => ({ node, isHeard })), sessions: sessions.map(sessionView) };
}

/** The same in numbers: of all, and of each node. */
export async function bgpCounts(sources: Sources): Promise<BgpCountsView> {
  const { reports, sessions } = await look(sources);
  const byNode = new Map(reports.map(({ node }) => [node, [] as JudgedSession[]]));
  for (const session of sessions)
    for (const node of new Set([...session.ends.map(({ report }) => report.node), session.peer.node ?? ""]))
      byNode.get(node)?.push(session);
  return {
    all: countSessions(sessions),
    byNode: Object.fromEntries([...byNode].map(([node, own]) => [node, countSessions(own)])),
  };
}

/** One for each session that is down, whoever's ends it has. */
export async function bgpConditions(sources: Sources): Promise<ConditionView[]> {
  const { sessions } = await look(sources);
  return sessions
    .flatMap(({ diagnosis }) => diagnosis ?? [])
    .map(({ ends, session, reason, facts, advice, since, ref }) => ({
      ...condition.BgpSessionDown({ session, remedy: advice, detail: `${reason} ${facts}`, ref }),
      source: ends[0]!.node, // a session has an end
      nodes: ends.map(({ node }) => node),
      since,
    }));
}

function sessionView({ ends, diagnosis, ...session }: JudgedSession): BgpSessionView {
  return {
    ...session,
    ends: ends.map(({ report: { node, isHeard, birdRuns }, session: end }) => ({ ...end, node, isHeard, birdRuns })),
    ...(diagnosis !== undefined && {
      cause: { reason: diagnosis.reason, advice: diagnosis.advice, facts: diagnosis.facts },
    }),
  };
}

async function look({
  store,
  statuses,
}: Sources): Promise<{ readonly reports: readonly BgpReport[]; readonly sessions: readonly JudgedSession[] }> {
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
  return { reports, sessions: judgeSessions({ reports, now: Date.now(), hasDefaultConfiguration }) };
}
