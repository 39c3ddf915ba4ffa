import { API_VERSION } from "@percale/resources";
import type { KubeObject } from "@percale/resources";

const MEMBERS = 8;

/** The node and endpoint that the load applies to. */
export const LOAD_NODE = "bench";
export const LOAD_NAMESPACE = "bench";

/**
 * The standard input of every bench: `n` GlobalNetworkPolicies, all applying to one endpoint, each allowing TCP from a GlobalNetworkSet of its own with
 * 8 addresses; plus the default tier, a profile and that endpoint on node `bench`. Sets come first, the endpoint last.
 */
export function policyLoad(n: number): KubeObject[] {
  return [
    object("Node", "bench", { bgp: { ipv4Address: "192.0.2.1/24" } }),
    object("Tier", "default", { order: 1_000_000, defaultAction: "Deny" }),
    object("Profile", `kns.${LOAD_NAMESPACE}`, {
      ingress: [{ action: "Allow" }],
      egress: [{ action: "Allow" }],
      labelsToApply: { "pcns.projectcalico.org/name": LOAD_NAMESPACE },
    }),
    ...Array.from({ length: n }, (_, i) => loadSet(i)),
    ...Array.from({ length: n }, (_, i) => loadPolicy(i)),
    loadEndpoint(),
  ];
}

/** Set `i` of the load; `shift` replaces its first address by another, to change one member. */
export function loadSet(i: number, shift = 0): KubeObject {
  const nets = Array.from({ length: MEMBERS }, (_, m) => {
    const host = i * MEMBERS + m;
    return `10.${128 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}/32`;
  });
  if (shift > 0) nets[0] = `172.16.${(shift >> 8) & 255}.${shift & 255}/32`;
  return object("GlobalNetworkSet", `set-${i}`, { nets }, { labels: { set: `set-${i}` } });
}

export function loadPolicy(i: number): KubeObject {
  return object("GlobalNetworkPolicy", `policy-${i}`, {
    tier: "default",
    order: i,
    selector: "app == 'bench'",
    types: ["Ingress"],
    ingress: [
      {
        action: "Allow",
        protocol: "TCP",
        source: { selector: `set == 'set-${i}'` },
        destination: { ports: [80, 443] },
      },
    ],
  });
}

export function loadEndpoint(): KubeObject {
  const metadata = { namespace: LOAD_NAMESPACE, labels: { app: "bench" } };
  const spec = {
    orchestrator: "cni",
    node: LOAD_NODE,
    containerID: "bench",
    endpoint: "eth0",
    interfaceName: "calibench0",
    ipNetworks: ["10.65.0.1/32"],
    profiles: [`kns.${LOAD_NAMESPACE}`],
  };
  return object("WorkloadEndpoint", "bench-cni-bench-eth0", spec, metadata);
}

function object(kind: string, name: string, spec: unknown, metadata: object = {}): KubeObject {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...metadata }, spec };
}
