import type { AgentStatus } from "../messages.ts";

/** A status with something in every list, so that every field of the protocol is there. */
export function agentStatusOf(node: string): AgentStatus {
  const at = new Date(0).toISOString();
  return {
    node,
    build: "0",
    startedAt: at,
    starts: [at],
    inSync: true,
    appliedRevision: 0,
    programmedRevision: 0,
    rssBytes: 1,
    counts: { endpoints: 0, policies: 0, sets: 0, setMembers: 0, routes: 0 },
    applyMs: { p50: 1, p99: 1.5, last: 1 },
    driftRepairs: { count: 1, lastAt: at, lastDetail: "a rule was gone" },
    bird: {
      state: "Ready",
      version: "2.0.12",
      routerID: "10.0.0.1",
      md5Refused: { notFound: 0, unexpected: 0, failure: 0 },
      startedAt: at,
      configuredAt: at,
    },
    routes: { total: 1, list: [{ dst: "10.65.0.64/26", from: "peer", via: "10.0.0.2", dev: "eth0" }] },
    sessions: [
      {
        peerIP: "10.0.0.2",
        peerNode: "n2",
        type: "NodeMesh",
        asNumber: 64512,
        state: "Established",
        since: at,
        info: "",
        routesImported: 1,
        routesExported: 1,
        routesFiltered: 1,
        ref: { kind: "BGPPeer", name: "p" },
        localIP: "10.0.0.1",
        localASNumber: 64512,
        port: 179,
        passive: false,
        hasPassword: false,
        ttlHops: 1,
        holdSeconds: 240,
        keepaliveSeconds: 80,
        peerRestarts: true,
        flaps: 1,
      },
    ],
    workloads: [
      {
        ref: { kind: "WorkloadEndpoint", namespace: "shop", name: "n1-k8s-web-eth0" },
        state: "up",
        interfaceName: "caliweb",
        detail: "",
      },
    ],
    conditions: [
      {
        code: "Test",
        severity: "info",
        title: "t",
        detail: "d",
        advice: "a",
        since: at,
        ref: { kind: "Node", name: node },
      },
    ],
    ended: [{ code: "Test", severity: "info", title: "t", detail: "d", advice: "a", since: at, until: at }],
  };
}

/** Of an agent that has nothing to tell but this. */
export function quietStatusOf(node: string, more: Partial<AgentStatus> = {}): AgentStatus {
  const none = { sessions: [], workloads: [], conditions: [], ended: [], routes: { total: 0, list: [] } };
  return { ...agentStatusOf(node), driftRepairs: { count: 0 }, bird: { state: "NotReady" }, ...none, ...more };
}
