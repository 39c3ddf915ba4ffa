/** What makes the shop look lived in: agents that hold sessions, a block with an address, and what the lab's packets met. */
import type { BgpSession } from "@percale/protocol";
import type { Product } from "../apps/web/bench/product.ts";

/** One end of a session of the mesh between two of the shop's nodes. */
export const meshEnd = (own: number, peer: number, more: Partial<BgpSession> = {}): BgpSession => ({
  peerIP: `172.30.0.${10 + peer}`,
  localIP: `172.30.0.${10 + own}`,
  peerNode: `node-${peer}`,
  type: "NodeMesh",
  asNumber: 64_512,
  localASNumber: 64_512,
  state: "Established",
  since: "2026-11-01T10:00:00.000Z",
  info: "",
  routesImported: 1,
  routesExported: 1,
  ...more,
});

/** Of node-1, with the address of frontend. */
export const block = {
  apiVersion: "projectcalico.org/v3",
  kind: "IPAMBlock",
  metadata: { name: "10-65-0-0-26" },
  spec: {
    cidr: "10.65.0.0/26",
    affinity: "host:node-1",
    allocations: Array.from({ length: 64 }, (_, ordinal) => (ordinal === 1 ? 0 : null)),
    unallocated: Array.from({ length: 64 }, (_, ordinal) => ordinal).filter((ordinal) => ordinal !== 1),
    attributes: [{ handle_id: "h", secondary: { node: "node-1", namespace: "shop", pod: "frontend" } }],
    deleted: false,
  },
};

/** Three agents; node-1 was told another AS of node-2 than that one has. */
export function startAgents({ startAgent }: Product): void {
  const wrong = { asNumber: 64_999, state: "Idle", info: "BGP Error: Bad peer AS" } as const;
  startAgent("node-1", { sessions: [meshEnd(1, 2, wrong), meshEnd(1, 3)] });
  startAgent("node-2", { sessions: [meshEnd(2, 1), meshEnd(2, 3)] });
  startAgent("node-3", { sessions: [meshEnd(3, 1), meshEnd(3, 2)] });
}

const WORKLOADS = [
  { name: "frontend", address: "10.65.0.1", port: 8080 },
  { name: "cart", address: "10.65.0.65", port: 8080 },
  { name: "database", address: "10.65.0.129", port: 5432 },
];
const DENIED = new Set(["database cart"]);

/** Every pair was probed, and met what the policy says: database does not reach cart. */
export function reportProbes({ call }: Product): Promise<unknown> {
  const at = new Date().toISOString();
  return call("POST", "/trpc/lab.report", {
    workloads: WORKLOADS.map(({ name, address, port }) => ({
      name,
      namespace: "shop",
      addresses: [address],
      labels: { app: name },
      ports: [{ port, protocol: "TCP" }],
    })),
    probes: WORKLOADS.flatMap((from) =>
      WORKLOADS.filter((to) => to !== from).map((to) => ({
        from: from.name,
        to: to.name,
        port: to.port,
        proto: "tcp",
        allowed: !DENIED.has(`${from.name} ${to.name}`),
        at,
      })),
    ),
  });
}
