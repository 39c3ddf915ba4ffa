import type { HealthRegistry, Logger } from "@percale/daemon";
import type { Datastore, Records } from "@percale/store";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Oidc } from "../auth/oidc.ts";
import type { ConditionLog } from "../health/condition-log.ts";
import type { Hearing } from "../hearing/hearing.ts";
import type { Judge } from "../policy/judge.ts";
import { accessServices, sessionServices } from "./access.ts";
import { rightsServices } from "./rights.ts";
import { bgpCounts, bgpSessions } from "./bgp.ts";
import { ipamServices } from "./ipam.ts";
import { historyServices } from "./history.ts";
import { Lab } from "./lab.ts";
import { LiveFeed } from "./live.ts";
import { liveFor } from "./live-for.ts";
import { nodeServices } from "./nodes.ts";
import { changeServices, objectServices } from "./objects.ts";
import { allConditions, overviewOf } from "./overview.ts";
import { boardServices, listServices, policyServices, selectorServices } from "./policy.ts";
import { poolUsage } from "./pools.ts";
import { sightOf } from "./seen.ts";
import type { Services } from "./services.ts";

export function createServices({
  store,
  records: { agentStatus, tokens, settings },
  judge,
  authenticator,
  oidc,
  health,
  hearing,
  conditionLog,
  log,
}: {
  readonly store: Datastore;
  readonly records: Records;
  readonly judge: Judge;
  readonly authenticator: Authenticator;
  readonly oidc: Oidc | undefined;
  readonly health: HealthRegistry;
  readonly hearing: Hearing;
  readonly conditionLog: Pick<ConditionLog, "history">;
  readonly log: Logger;
}): Services {
  const nodes = nodeServices({ agentStatus, hearing, log });
  const feed = new LiveFeed(store);
  const sources = { store, nodes, health, hearing };
  const lab = new Lab({ settings, judge }).services();
  const access = { tokens, authenticator, log, oidc };
  return {
    sessions: sessionServices(access),
    objects: objectServices(store),
    changes: { ...changeServices(store), ...historyServices({ store, judge, lab }) },
    live: (since, identity, signal) => liveFor(identity, { since, signal, feed, hearing }),
    nodes,
    bgp: {
      sessions: async () => bgpSessions({ store, statuses: await nodes.list() }),
      counts: async () => bgpCounts({ store, statuses: await nodes.list() }),
    },
    policy: policyServices(store, judge),
    lists: listServices(judge),
    board: boardServices(judge),
    selectors: selectorServices(judge),
    ipam: ipamServices(store),
    pools: { usage: () => poolUsage(store) },
    health: { conditions: () => allConditions(sources), history: () => conditionLog.history() },
    lab,
    access: { ...accessServices(access), ...rightsServices(store) },
    overview: { summary: (identity) => overviewOf(sources, sightOf(identity)) },
  };
}
