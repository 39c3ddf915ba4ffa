/** The lab's small shop, as data: nodes, workloads and where they run. Pure. */
export interface WorkloadPort {
  readonly name: string;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
}

export interface LabNode {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6: string;
}

export interface LabWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly WorkloadPort[];
}

/** The segment that joins the nodes and the outside host; its gateway lives on the bridge. */
export const SEGMENT = {
  gateway: { ipv4: "172.30.10.1", ipv6: "fdc0:30:10::1" },
  prefixLen: { ipv4: 24, ipv6: 64 },
} as const;

export const POOLS = { ipv4: "10.65.0.0/16", ipv6: "fdc0:65::/48" } as const;

export const NODES: readonly LabNode[] = [1, 2, 3].map((n) => ({
  name: `percale-node-${n}`,
  ipv4: `172.30.10.1${n}`,
  ipv6: `fdc0:30:10::1${n}`,
}));

/** A host beyond the cluster: the payment provider, and the shop's customers. */
export const OUTSIDE = {
  name: "outside",
  ipv4: "172.30.10.100",
  ipv6: "fdc0:30:10::100",
  ports: [{ name: "https", protocol: "TCP", port: 443 }],
} as const satisfies LabNode & { readonly ports: readonly WorkloadPort[] };

const METRICS: WorkloadPort = { name: "metrics", protocol: "TCP", port: 9100 };

function workload(
  name: string,
  node: 1 | 2 | 3,
  options: {
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ports: readonly WorkloadPort[];
  },
): LabWorkload {
  const { namespace = "shop", labels, ports } = options;
  return { name, namespace, node: `percale-node-${node}`, labels, ports };
}

const http = { name: "http", protocol: "TCP", port: 8080 } as const;
const grpc = { name: "grpc", protocol: "TCP", port: 8443 } as const;
const postgres = { name: "postgres", protocol: "TCP", port: 5432 } as const;

/** Two of what scales, spread so that every pair of tiers has a path inside one node and one between nodes. */
export const WORKLOADS: readonly LabWorkload[] = [
  workload("frontend", 1, { labels: { app: "frontend", tier: "web" }, ports: [http, METRICS] }),
  workload("frontend-2", 2, { labels: { app: "frontend", tier: "web" }, ports: [http, METRICS] }),
  workload("cart", 1, { labels: { app: "cart", tier: "logic" }, ports: [http, METRICS] }),
  workload("cart-2", 3, { labels: { app: "cart", tier: "logic" }, ports: [http, METRICS] }),
  workload("payments", 2, { labels: { app: "payments", tier: "logic", pci: "true" }, ports: [grpc, METRICS] }),
  workload("database", 3, { labels: { app: "database", tier: "data", role: "primary" }, ports: [postgres, METRICS] }),
  workload("database-2", 1, { labels: { app: "database", tier: "data", role: "replica" }, ports: [postgres, METRICS] }),
  workload("prometheus", 3, {
    namespace: "monitoring",
    labels: { app: "prometheus" },
    ports: [{ name: "web", protocol: "TCP", port: 9090 }],
  }),
];

/** The port that a probe tries if none is named. */
export function mainPort(ports: readonly WorkloadPort[]): WorkloadPort | undefined {
  return ports[0];
}
