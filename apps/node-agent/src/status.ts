import type { SessionStatus, BirdStatus } from "@percale/bgp";
import type { DataplaneState } from "@percale/dataplane";
import type { AgentStatus, Condition } from "@percale/protocol";
import type { Pipeline } from "./pipeline.ts";

/** The agent's account of itself, out of what its parts say. Pure. */
export function renderStatus(from: {
  readonly node: string;
  readonly build: string;
  readonly startedAt: Date;
  readonly inSync: boolean;
  readonly pipeline: Pick<Pipeline, "applied" | "programmed" | "latencies">;
  readonly dataplane: DataplaneState;
  readonly bird: { readonly status: BirdStatus | undefined; readonly sessions: readonly SessionStatus[] } | undefined;
  readonly conditions: readonly Condition[];
  readonly rssBytes: number;
}): AgentStatus {
  const { dataplane, bird, pipeline } = from;
  const { endpoints, policies, sets, setMembers, routes } = dataplane.counts;
  return {
    node: from.node,
    build: from.build,
    startedAt: from.startedAt.toISOString(),
    inSync: from.inSync,
    appliedRevision: pipeline.applied,
    programmedRevision: pipeline.programmed,
    rssBytes: from.rssBytes,
    counts: { endpoints, policies, sets, setMembers, routes },
    applyMs: pipeline.latencies.summary(),
    driftRepairs: dataplane.driftRepairs,
    bird:
      bird?.status === undefined
        ? { state: "NotReady" }
        : { state: "Ready", version: bird.status.version, routerID: bird.status.routerID },
    sessions: bird?.sessions ?? [],
    workloads: dataplane.endpoints.map(({ key, interfaceName, state, detail }) => {
      const [namespace = "", name = ""] = key.split("/");
      return {
        ref: { kind: "WorkloadEndpoint", namespace, name },
        state,
        interfaceName,
        ...(detail !== undefined && { detail }),
      };
    }),
    conditions: [...from.conditions, ...dataplane.conditions],
  };
}
