import type { Standing } from "@percale/bgp/standing";
import type { Session, SessionEnd } from "../view.ts";

/** One end as the API tells it: up, and of the mesh. */
export function endOf(node: string, facts: Partial<SessionEnd> = {}): SessionEnd {
  return {
    node,
    isHeard: true,
    birdRuns: true,
    peerIP: "192.0.2.2",
    type: "NodeMesh",
    asNumber: 64_512,
    localASNumber: 64_512,
    state: "Established",
    since: "2026-11-21T10:00:00.000Z",
    info: "",
    routesImported: 4,
    routesExported: 5,
    ...facts,
  };
}

/** A session of two nodes, seen by both. */
export function between(a: string, b: string, standing: Standing = "established", more: Partial<Session> = {}): Session {
  const { family = 4 } = more;
  return {
    id: `${a}~${b}~mesh${family}`,
    family,
    kind: "mesh",
    standing,
    ends: [endOf(a, { peerNode: b }), endOf(b, { peerNode: a })],
    peer: { address: "192.0.2.2", node: b },
    ...more,
  };
}

/** A session with a peer that is no node of ours. */
export function outside(node: string, address: string, standing: Standing = "established"): Session {
  return {
    id: `${node}~${address}~peer4`,
    family: 4,
    kind: "peer",
    standing,
    ends: [endOf(node, { peerIP: address, type: "GlobalPeer", asNumber: 65_001 })],
    peer: { address },
  };
}
