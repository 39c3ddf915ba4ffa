import type { DataplaneState } from "@percale/dataplane";
import { VERSION } from "@percale/protocol";
import type { AgentStatus, Condition } from "@percale/protocol";
import type { BgpState } from "../bird/watch.ts";
import type { Pipeline } from "../calculation/pipeline.ts";

/** The agent's account of itself, out of what its parts say. Pure. */
export function renderStatus(from: {
  readonly node: string;
  readonly startedAt: Date;
  readonly inSync: boolean;
  readonly pipeline: Pick<Pipeline, "applied" | "programmed" | "latencies">;
  readonly dataplane: DataplaneState;
  readonly bgp: BgpState | undefined;
  readonly conditions: readonly Condition[];
  readonly rssBytes: number;
}): AgentStatus {
  const { dataplane, bgp, pipeline } = from;
  const { endpoints, policies, sets, setMembers, routes } = dataplane.counts;
  return {
    node: from.node,
    build: VERSION,
    startedAt: from.startedAt.toISOString(),
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
    conditions: from.conditions,
  };
}

function renderBird(bgp: BgpState | undefined): AgentStatus["bird"] {
  const { status, md5Refused } = bgp ?? {};
  return {
    ...(status === undefined
      ? { state: "NotReady" }
      : { state: "Ready", version: status.version, routerID: status.routerID }),
    ...(md5Refused !== undefined && { md5Refused }),
  };
}
