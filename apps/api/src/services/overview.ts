import type { HealthRegistry } from "@percale/daemon";
import { condition } from "@percale/protocol";
import type { AgentStatus } from "@percale/protocol";
import { kindsWhere, Node, resourceDefinitions } from "@percale/resources";
import type { Activity, Datastore } from "@percale/store";
import type { Sees } from "../auth/sight.ts";
import type { Hearing } from "../hearing/hearing.ts";
import type { ConditionView, NodeStatusView, OverviewChange, OverviewView } from "../trpc/views.ts";
import { bgpConditions, bgpCounts } from "./bgp.ts";
import { poolUsage } from "./pools.ts";
import { seen } from "./seen.ts";
import type { Services } from "./services.ts";

const CHANGES = 10;
/** What agents and IPAM write by themselves is no news. */
const QUIET_KINDS: ReadonlySet<string> = new Set(kindsWhere(({ traits }) => traits.bookkeeping));

interface Sources {
  readonly store: Datastore;
  readonly nodes: Pick<Services["nodes"], "list">;
  readonly health: HealthRegistry;
  readonly hearing: Pick<Hearing, "database">;
}

/** Everything that is wrong anywhere, worst first. While the database is not heard only the API's own: that it is away is one of them. */
export async function allConditions(sources: Sources): Promise<ConditionView[]> {
  return (await lookAtAll(sources)).conditions;
}

/** The same, and whether it is all that there is: not while the database, or whether an agent is heard, is unknown. */
export async function lookAtAll(
  sources: Sources,
): Promise<{ readonly conditions: ConditionView[]; readonly isWhole: boolean }> {
  const rank = { error: 0, warning: 1, info: 2 };
  const statuses = await heard(sources);
  const isWhole = answers(sources) && statuses.every(({ hearing }) => hearing !== "unknown"); // as `found` sees it
  const agents = statuses.flatMap(({ node, status }) => status.conditions.map((one) => ({ ...one, source: node })));
  const conditions = [...(await found(sources, statuses)), ...agents].sort(
    (a, b) => rank[a.severity] - rank[b.severity] || a.since.localeCompare(b.since),
  );
  return { conditions, isWhole };
}

/** What no agent tells of itself. */
export async function foundConditions(sources: Sources): Promise<ConditionView[]> {
  return found(sources, await heard(sources));
}

async function heard(sources: Sources): Promise<readonly NodeStatusView<AgentStatus>[]> {
  return answers(sources) ? sources.nodes.list() : [];
}

async function found(sources: Sources, statuses: readonly NodeStatusView<AgentStatus>[]): Promise<ConditionView[]> {
  const { store, health } = sources;
  const own = health.list().map((one) => ({ ...one, source: "api" }));
  if (!answers(sources)) return own;
  const silents = statuses.filter(({ hearing }) => hearing === "lost").map(silent);
  return [...own, ...silents, ...(await bgpConditions({ store, statuses }))];
}

/** Whoever asks a database that hangs waits for nothing. */
function answers({ store, hearing }: Sources): boolean {
  return store.isConnected() && hearing.database() === "heard";
}

function silent({ node, heardMs, lastSeen }: NodeStatusView<AgentStatus>): ConditionView {
  return {
    ...condition.AgentSilent({
      node,
      detail: `its last report was kept at ${lastSeen}`,
      ref: { kind: Node.kind, name: node },
    }),
    source: node,
    since: heardMs === undefined ? lastSeen : new Date(Date.now() - heardMs).toISOString(),
  };
}

/** `sees`: of objects and changes those that are counted and told; absent: all. */
export async function overviewOf(sources: Sources, sees?: Sees): Promise<OverviewView> {
  const { store, nodes } = sources;
  const [revision, statuses, pools, conditions, changes, lists] = await Promise.all([
    store.head(),
    nodes.list(),
    poolUsage(store),
    allConditions(sources),
    newestChanges(store, sees),
    Promise.all(resourceDefinitions.map(({ kind }) => store.list({ kind, revision: 0 }))),
  ]);
  const fresh = statuses.filter(({ hearing }) => hearing === "heard").map(({ status }) => status);
  const workloads = fresh.flatMap((status) => status.workloads);
  const counts = resourceDefinitions.map(({ kind }, index) => {
    const { items } = lists[index]!;
    return [kind, sees === undefined ? items.length : items.filter(sees).length] as const;
  });
  return {
    revision,
    nodes: {
      total: statuses.length,
      connected: fresh.length,
      inSync: fresh.filter(({ inSync }) => inSync).length,
      programmed: fresh.filter(({ programmedRevision }) => programmedRevision >= (changes[0]?.revision ?? 0)).length,
    },
    sessions: (await bgpCounts({ store, statuses })).all,
    addresses: {
      used: pools.reduce((sum, pool) => sum + pool.used, 0),
      size: pools.reduce((sum, pool) => sum + pool.size, 0),
    },
    counts: Object.fromEntries(counts),
    workloads: { total: workloads.length, up: workloads.filter(({ state }) => state === "up").length },
    conditions: {
      error: conditions.filter(({ severity }) => severity === "error").length,
      warning: conditions.filter(({ severity }) => severity === "warning").length,
    },
    changes: changes.map((change) => ({
      ...change,
      programmedOn: fresh.filter(({ programmedRevision }) => programmedRevision >= change.revision).length,
      nodes: fresh.length,
    })),
  };
}

type Change = Omit<OverviewChange, "programmedOn" | "nodes">;

async function newestChanges(store: Datastore, sees: Sees | undefined): Promise<Change[]> {
  const sets: Change[] = [];
  const activities = seen(await store.changes({ limit: 500 }), sees).filter(({ ref }) => !QUIET_KINDS.has(ref.kind));
  for (const set of Map.groupBy(activities, ({ setEnd }) => setEnd).values()) {
    sets.push(changeOf(set));
    if (sets.length === CHANGES) break;
  }
  return sets;
}

function changeOf(set: readonly Activity[]): Change {
  const { setEnd, at, author, reason } = set[0]!; // groups are never empty
  return { revision: setEnd, at, author, reason, objects: set.map(({ op, ref }) => ({ op, ref })) };
}
