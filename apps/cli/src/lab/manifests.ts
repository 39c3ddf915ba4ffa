/** What the lab puts into an empty cluster: pools, the namespaces' profiles, tiers and the shop's policies. Pure. */
import { GlobalNetworkPolicy, GlobalNetworkSet, IPPool, NetworkPolicy, Profile, Tier } from "@percale/resources";
import type { KubeObject, ResourceDefinition } from "@percale/resources";
import { OUTSIDE, POOLS, WORKLOADS } from "./shop.ts";

/** The lab cannot work without these: made whenever they are missing. */
export function foundation(): KubeObject[] {
  const namespaces = [...new Set(WORKLOADS.map(({ namespace }) => namespace))];
  return [
    clusterObject(IPPool, "lab-ipv4", { cidr: POOLS.ipv4, natOutgoing: true }),
    clusterObject(IPPool, "lab-ipv6", { cidr: POOLS.ipv6, natOutgoing: true }),
    ...namespaces.map(namespaceProfile),
  ];
}

/** What a person will change: made once, and left alone afterwards. */
export function startingPolicies(): KubeObject[] {
  return [
    clusterObject(Tier, "security", { order: 100 }),
    clusterObject(Tier, "platform", { order: 200 }),
    globalPolicy("security", "quarantine", {
      order: 100,
      selector: "quarantine == 'true'",
      types: ["Ingress", "Egress"],
      ingress: [{ action: "Deny" }],
      egress: [{ action: "Deny" }],
    }),
    globalPolicy("security", "pass-the-rest", {
      order: 1000,
      selector: "all()",
      types: ["Ingress", "Egress"],
      ingress: [{ action: "Pass" }],
      egress: [{ action: "Pass" }],
    }),
    globalPolicy("platform", "scrape-metrics", {
      order: 100,
      selector: "projectcalico.org/namespace != 'monitoring'",
      types: ["Ingress"],
      ingress: [
        {
          action: "Allow",
          protocol: "TCP",
          source: { selector: "app == 'prometheus'", namespaceSelector: "projectcalico.org/name == 'monitoring'" },
          destination: { ports: ["metrics"] },
        },
        { action: "Pass" },
      ],
    }),
    clusterObject(
      GlobalNetworkSet,
      "payment-provider",
      { nets: [`${OUTSIDE.ipv4}/32`, `${OUTSIDE.ipv6}/128`] },
      { role: "payment-provider" },
    ),
    shopPolicy("frontend-access", {
      order: 500,
      selector: "app == 'frontend'",
      types: ["Ingress"],
      ingress: [{ action: "Allow", protocol: "TCP", destination: { ports: [8080] } }],
    }),
    shopPolicy("cart-access", {
      order: 500,
      selector: "app == 'cart'",
      types: ["Ingress"],
      ingress: [allowFrom("app == 'frontend'", 8080)],
    }),
    shopPolicy("payments-access", {
      order: 500,
      selector: "app == 'payments'",
      types: ["Ingress", "Egress"],
      ingress: [allowFrom("app == 'cart'", 8443)],
      egress: [
        { action: "Allow", protocol: "TCP", destination: { selector: "app == 'database'", ports: [5432] } },
        {
          action: "Allow",
          protocol: "TCP",
          destination: { selector: "role == 'payment-provider'", namespaceSelector: "global()", ports: [443] },
        },
      ],
    }),
    shopPolicy("database-access", {
      order: 500,
      selector: "app == 'database'",
      types: ["Ingress"],
      ingress: [
        allowFrom("app == 'payments'", 5432),
        allowFrom("app == 'database'", 5432), // replication
        allowFrom("app == 'frontend'", 5432), // the storefront reads the catalogue
      ],
    }),
  ];
}

function allowFrom(selector: string, port: number): unknown {
  return { action: "Allow", protocol: "TCP", source: { selector }, destination: { ports: [port] } };
}

/** The profile that Kubernetes' namespace controller would make: the namespace's labels, everything allowed. */
function namespaceProfile(namespace: string): KubeObject {
  return clusterObject(Profile, `kns.${namespace}`, {
    ingress: [{ action: "Allow" }],
    egress: [{ action: "Allow" }],
    labelsToApply: { "pcns.projectcalico.org/name": namespace, "pcns.kubernetes.io/metadata.name": namespace },
  });
}

function globalPolicy(tier: string, name: string, spec: Readonly<Record<string, unknown>>): KubeObject {
  return clusterObject(GlobalNetworkPolicy, `${tier}.${name}`, { tier, ...spec });
}

function shopPolicy(name: string, spec: Readonly<Record<string, unknown>>): KubeObject {
  const metadata = { name: `default.${name}`, namespace: "shop" };
  return {
    apiVersion: NetworkPolicy.apiVersion,
    kind: NetworkPolicy.kind,
    metadata,
    spec: { tier: "default", ...spec },
  };
}

function clusterObject(
  { apiVersion, kind }: ResourceDefinition,
  name: string,
  spec: unknown,
  labels?: Readonly<Record<string, string>>,
): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(labels !== undefined && { labels }) }, spec };
}
