import type { DataplaneState } from "@percale/dataplane";
import { VERSION } from "@percale/protocol";
import type { AgentStatus, Condition, EndedCondition, NodeRoutes } from "@percale/protocol";
import type { BgpState } from "../bird/watch.ts";
import type { Pipeline } from "../calculation/pipeline.ts";

/** The agent's account of itself, out of what its parts say. Pure. */
export function renderStatus(from: {
  readonly node: string;
  /** When this node's agents started, this one's first. */
  readonly starts: readonly string[];
  readonly inSync: boolean;
  readonly pipeline: Pick<Pipeline, "applied" | "programmed" | "latencies">;
  readonly dataplane: DataplaneState;
  readonly bgp: BgpState | undefined;
  readonly routes: NodeRoutes | undefined;
  readonly conditions: readonly Condition[];
  readonly ended: readonly EndedCondition[];
  readonly rssBytes: number;
}): AgentStatus {
  const { dataplane, bgp, pipeline } = from;
  const { endpoints, policies, sets, setMembers, routes } = dataplane.counts;
  return {
    node: from.node,
    build: VERSION,
    startedAt: from.starts[0]!, // it has started
    starts: from.starts,
    inSync: from.inSync,
    appliedRevision: pipeline.applied,
    programmedRevision: pipeline.programmed,
    rssBytes: from.rssBytes,
    counts: { endpoints, policies, sets, setMembers, routes },
    applyMs: pipeline.latencies.summary(),
    driftRepairs: dataplane.driftRepairs,
    bird: renderBird(bgp),
    sessions: bgp?.sessions ?? [],
    workloads: dataplane.endpoints.map(({ ref, interfaceName, state, detail }) => ({
      ref,
      state,
      interfaceName,
      ...(detail !== undefined && { detail }),
    })),
    ...(from.routes !== undefined && { routes: from.routes }),
    conditions: from.conditions,
    ended: from.ended,
  };
}

function renderBird(bgp: BgpState | undefined): AgentStatus["bird"] {
  const { status, md5Refused } = bgp ?? {};
  return {
    ...(status === undefined
      ? { state: "NotReady" }
      : {
          state: "Ready",
          version: status.version,
          routerID: status.routerID,
          ...timeOf("startedAt", status.lastReboot),
          ...timeOf("configuredAt", status.lastReconfiguration),
        }),
    ...(md5Refused !== undefined && { md5Refused }),
  };
}

/** Of BIRD's `2026-11-21 11:44:10.294`; it runs with TZ=UTC. */
function timeOf(key: "startedAt" | "configuredAt", said: string): Partial<AgentStatus["bird"]> {
  const time = new Date(`${said.replace(" ", "T")}Z`);
  return Number.isNaN(time.getTime()) ? {} : { [key]: time.toISOString() };
}
