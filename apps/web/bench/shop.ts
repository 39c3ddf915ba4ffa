/** A small shop as objects: what the lab makes, without its kernels. */
const apiVersion = "projectcalico.org/v3";
const NODES = ["node-1", "node-2", "node-3"];

export const shop: readonly object[] = [
  ...NODES.map((name, index) => object("Node", { name }, { bgp: { ipv4Address: `172.30.0.${index + 11}/24` } })),
  object("IPPool", { name: "pool" }, { cidr: "10.65.0.0/16", natOutgoing: true }),
  object(
    "Profile",
    { name: "kns.shop" },
    {
      ingress: [{ action: "Allow" }],
      egress: [{ action: "Allow" }],
      labelsToApply: { "pcns.projectcalico.org/name": "shop" },
    },
  ),
  object("Tier", { name: "security" }, { order: 100 }),
  object(
    "GlobalNetworkPolicy",
    { name: "security.pass-the-rest" },
    {
      tier: "security",
      order: 1000,
      selector: "all()",
      types: ["Ingress", "Egress"],
      ingress: [{ action: "Pass" }],
      egress: [{ action: "Pass" }],
    },
  ),
  endpoint("frontend", "node-1", "10.65.0.1", 8080),
  endpoint("cart", "node-2", "10.65.0.65", 8080),
  endpoint("database", "node-3", "10.65.0.129", 5432),
  policy("cart-access", "cart", [allow("frontend", 8080)]),
  policy("database-access", "database", [allow("cart", 5432), allow("frontend", 5432)]),
];

/** Policies with ascending order, of one tier or of several, for tests of many; those before `default` pass on what they do not allow. */
export function manyPolicies(count: number, tiers = 1): readonly object[] {
  const names = [
    "default",
    ...Array.from({ length: tiers - 1 }, (_, index) => `team-${String(index).padStart(2, "0")}`),
  ];
  const made = names
    .slice(1)
    .map((name, index) => object("Tier", { name }, { order: 200 + index, defaultAction: "Pass" }));
  const policies = Array.from({ length: count }, (_, index) =>
    object(
      "NetworkPolicy",
      { name: `service-${String(index).padStart(5, "0")}`, namespace: "shop" },
      {
        tier: names[index % tiers],
        order: 1000 + index,
        selector: `app == 'service-${index % 200}'`,
        types: ["Ingress"],
        ingress: [allow("frontend", 8080)],
      },
    ),
  );
  return [...made, ...policies];
}

export function manyPools(count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) =>
    object("IPPool", { name: `pool-${index}` }, { cidr: `10.${100 + index}.0.0/16`, natOutgoing: true }),
  );
}

/** A cluster of a hundred nodes: data set M of the dashboard's budgets, or as many as are asked for. */
export function manyEndpoints({
  nodes,
  endpoints,
}: {
  readonly nodes: number;
  readonly endpoints: number;
}): readonly object[] {
  return [
    ...Array.from({ length: nodes }, (_, index) =>
      object("Node", { name: `host-${index}` }, { bgp: { ipv4Address: `172.31.${index >> 8}.${index & 255}/16` } }),
    ),
    ...Array.from({ length: endpoints }, (_, index) => {
      const address = `10.${66 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
      return endpoint(
        `service-${index % 200}`,
        `host-${index % nodes}`,
        address,
        8080,
        `service-${index % 200}-${index}`,
      );
    }),
  ];
}

function policy(name: string, app: string, ingress: readonly object[]): object {
  return object(
    "NetworkPolicy",
    { name, namespace: "shop" },
    { tier: "default", order: 500, selector: `app == '${app}'`, types: ["Ingress"], ingress },
  );
}

function allow(app: string, port: number): object {
  return { action: "Allow", protocol: "TCP", source: { selector: `app == '${app}'` }, destination: { ports: [port] } };
}

function endpoint(app: string, node: string, address: string, port: number, pod = app): object {
  const name = `${node.replaceAll("-", "--")}-k8s-${pod.replaceAll("-", "--")}-eth0`;
  const labels = { app, "projectcalico.org/namespace": "shop", "projectcalico.org/orchestrator": "k8s" };
  return object(
    "WorkloadEndpoint",
    { name, namespace: "shop", labels },
    {
      orchestrator: "k8s",
      node,
      pod,
      containerID: `${pod}0`,
      endpoint: "eth0",
      ipNetworks: [`${address}/32`],
      interfaceName: `cali${pod.replaceAll("-", "").slice(-11)}`,
      profiles: ["kns.shop"],
      ports: [{ name: "main", protocol: "TCP", port }],
    },
  );
}

function object(kind: string, metadata: object, spec: object): object {
  return { apiVersion, kind, metadata, spec };
}
