/** T110-T121: services, Kubernetes' own policies, host endpoints as peers, policies that are tried out. */
import { SERVICE_NAME_LABEL } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { deny, egress, flow, ingress, ref, scenario } from "./build.ts";
import type { RuleInput } from "./build.ts";
import type { Place, Scenario } from "./scenario.ts";
import { addressOf, NAMESPACE, object, workload } from "./topology.ts";
import type { Workload } from "./topology.ts";

const services = { name: "web", namespace: NAMESPACE };
const fromService: RuleInput = { action: "Allow", source: { services } };
const toService: RuleInput = { action: "Allow", destination: { services } };

/** What is behind the service `web`, of one family: its fields stand beside its metadata. */
function slice(family: 4 | 6, places: readonly Place[], ports: readonly object[] = [{ protocol: "TCP", port: 80 }]) {
  const metadata = { namespace: NAMESPACE, labels: { [SERVICE_NAME_LABEL]: "web" } };
  const { spec: _, ...named } = object("EndpointSlice", `web-${family}`, {}, metadata);
  const endpoints = places.map((place) => ({
    addresses: [addressOf(place, family)],
    conditions: { ready: place !== "a2" }, // counts all the same
  }));
  return { ...named, addressType: `IPv${family}`, endpoints, ports } as unknown as KubeObject; // a flat kind
}
const slices = (places: readonly Place[], ports?: readonly object[]) => [
  slice(4, places, ports),
  slice(6, places, ports),
];

const pod = (name: Workload, labels: Readonly<Record<string, string>> = {}) =>
  workload(name, { orchestrator: "k8s", labels });
const pods = [pod("a1"), pod("a2"), pod("b1")];
const networkPolicy = (spec: object) => object("KubernetesNetworkPolicy", "np", spec, { namespace: NAMESPACE });
const clusterPolicy = (spec: object) => object("KubernetesClusterNetworkPolicy", "cnp", spec);
const app = (name: Workload) => ({ matchLabels: { app: name } });
const everywhere = { namespaces: {} };

export const kubernetesScenarios: readonly Scenario[] = [
  scenario({
    id: "T110",
    title: "a service as a source: its addresses, ready or not, on any port",
    objects: [...slices(["a1", "X"]), ingress("b1", [fromService])],
    probes: [flow("a1", "b1", "A"), flow("a1", "b1", "A", "udp"), flow("X", "b1", "A"), flow("a2", "b1", "D")],
    steps: [
      { title: "its endpoints change", put: slices(["a2"]), probes: [flow("a2", "b1", "A"), flow("a1", "b1", "D")] },
      {
        title: "its slices go",
        remove: [ref("EndpointSlice", "web-4", NAMESPACE), ref("EndpointSlice", "web-6", NAMESPACE)],
        probes: [flow("a2", "b1", "D")],
      },
    ],
  }),
  scenario({
    id: "T111",
    title: "a service as a destination: its addresses on its ports",
    objects: [...slices(["b1"]), egress("a1", [toService])],
    probes: [
      flow("a1", "b1", "A"),
      flow("a1", "b1", "D", "tcp", 81),
      flow("a1", "b1", "D", "udp"),
      flow("a1", "a2", "D"),
    ],
    steps: [
      {
        title: "on another port and protocol",
        put: slices(["b1"], [{ protocol: "UDP", port: 81 }]),
        probes: [flow("a1", "b1", "D"), flow("a1", "b1", "A", "udp", 81)],
      },
      { title: "without ports", put: slices(["b1"], []), probes: [flow("a1", "b1", "D")] },
    ],
  }),
  scenario({
    id: "T112",
    title: "a service without slices is nobody",
    objects: [ingress("b1", [fromService])],
    probes: [flow("a1", "b1", "D")],
  }),
  scenario({
    id: "T113",
    title: "Kubernetes: selected pods take from selected pods, on a port",
    objects: [
      ...pods,
      networkPolicy({
        podSelector: app("b1"),
        ingress: [{ from: [{ podSelector: app("a1") }], ports: [{ port: 80 }] }],
      }),
    ],
    probes: [flow("a1", "b1", "A"), flow("a1", "b1", "D", "tcp", 81), flow("a2", "b1", "D"), flow("b1", "a1", "A")],
    steps: [
      { title: "it goes", remove: [ref("KubernetesNetworkPolicy", "np", NAMESPACE)], probes: [flow("a2", "b1", "A")] },
    ],
  }),
  scenario({
    id: "T114",
    title: "Kubernetes: no rule at all denies, and only pods",
    objects: [pod("b1"), networkPolicy({ podSelector: {}, policyTypes: ["Ingress"] })],
    probes: [flow("a1", "b1", "D"), flow("a2", "a1", "A")],
  }),
  scenario({
    id: "T115",
    title: "Kubernetes: ranges of ports, protocols, an empty rule",
    objects: [
      ...pods,
      networkPolicy({
        podSelector: app("b1"),
        ingress: [{ ports: [{ protocol: "TCP", port: 80, endPort: 82 }, { protocol: "UDP" }] }],
      }),
    ],
    probes: [
      flow("a1", "b1", "A", "tcp", 81),
      flow("a1", "b1", "D", "tcp", 83),
      flow("a1", "b1", "A", "udp", 53),
      flow("X", "b1", "A"),
    ],
    steps: [
      {
        title: "everything",
        put: [networkPolicy({ podSelector: app("b1"), ingress: [{}] })],
        probes: [flow("a1", "b1", "A", "tcp", 83)],
      },
    ],
  }),
  {
    id: "T116",
    title: "Kubernetes: an IP block with exceptions",
    objects: (family) => [
      ...pods,
      networkPolicy({
        podSelector: app("a1"),
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                ipBlock:
                  family === 4
                    ? { cidr: "10.0.0.0/8", except: ["10.0.2.0/24"] }
                    : { cidr: "fd00::/16", except: ["fd00:2::/32"] },
              },
            ],
          },
        ],
      }),
    ],
    probes: () => [flow("a1", "a2", "A"), flow("a1", "b1", "D"), flow("a1", "X", "D")],
  },
  scenario({
    id: "T117",
    title: "Kubernetes: administrators before users",
    objects: [
      ...pods,
      networkPolicy({ podSelector: app("b1"), ingress: [{}] }),
      clusterPolicy({
        tier: "Admin",
        priority: 10,
        subject: everywhere,
        ingress: [
          { action: "Deny", protocols: [{ tcp: { destinationPort: { number: 80 } } }], from: [everywhere] },
          { action: "Pass", from: [everywhere] },
        ],
      }),
    ],
    probes: [flow("a1", "b1", "D"), flow("a1", "b1", "A", "tcp", 81), flow("X", "b1", "A")],
  }),
  scenario({
    id: "T118",
    title: "Kubernetes: a baseline where users say nothing",
    objects: [
      ...pods,
      networkPolicy({ podSelector: app("b1"), ingress: [{}] }),
      clusterPolicy({
        tier: "Baseline",
        priority: 10,
        subject: everywhere,
        ingress: [{ action: "Deny", from: [everywhere] }],
      }),
    ],
    probes: [flow("a1", "b1", "A"), flow("a1", "a2", "D"), flow("X", "a2", "A")],
  }),
  scenario({
    id: "T119",
    title: "Kubernetes: what cannot be matched fails closed",
    objects: [
      ...pods,
      clusterPolicy({
        tier: "Admin",
        priority: 10,
        subject: { pods: { namespaceSelector: {}, podSelector: app("a1") } },
        egress: [{ action: "Deny", to: [{ domainNames: ["example.com"] }] }],
      }),
    ],
    probes: [flow("a1", "b1", "D"), flow("a2", "b1", "A")],
    steps: [
      {
        title: "and allows nothing",
        put: [
          clusterPolicy({
            tier: "Admin",
            priority: 10,
            subject: { pods: { namespaceSelector: {}, podSelector: app("a1") } },
            egress: [
              { action: "Accept", to: [{ nodes: {} }] },
              { action: "Deny", to: [everywhere] },
            ],
          }),
        ],
        probes: [flow("a1", "b1", "D"), flow("a1", "X", "A")],
      },
    ],
  }),
  {
    id: "T120",
    title: "a host endpoint as a peer: the addresses that it is expected to have",
    objects: (family) => [
      object(
        "HostEndpoint",
        "outside",
        { node: "C", interfaceName: "eth0", expectedIPs: [addressOf("X", family)] },
        { labels: { host: "x" } },
      ),
      ingress("b1", [{ action: "Allow", source: { selector: "host == 'x'" } }]),
    ],
    probes: () => [flow("X", "b1", "A"), flow("a1", "b1", "D")],
  },
  scenario({
    id: "T121",
    title: "what is tried out decides nothing",
    objects: [
      object("StagedGlobalNetworkPolicy", "staged", {
        stagedAction: "Set",
        tier: "default",
        selector: "all()",
        types: ["Ingress"],
        ingress: [deny],
      }),
    ],
    probes: [flow("a1", "b1", "A")],
  }),
];
