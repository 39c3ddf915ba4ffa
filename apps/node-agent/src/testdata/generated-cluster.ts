import { ipamHashes } from "@percale/daemon";
import { autoAssign, DEFAULT_IPAM_CONFIG, handleName, releaseHandle } from "@percale/ipam";
import type { BlockAffinity, IPAMBlock, IPAMHandle, IpamState, IPPoolObject } from "@percale/ipam";
import { API_VERSION, refOf } from "@percale/resources";
import type { IPAMConfiguration, KubeObject, ObjectRef } from "@percale/resources";
import type { MemorySource } from "@percale/testkit";
import fc from "fast-check";

/** Small clusters that change: few names and nodes, so that everything meets everything, and every kind that an agent reads. */
export const NODES = ["n1", "n2", "n3"] as const;
export const NOW_MS = Date.UTC(2026, 10, 30);

/** One transaction. What IPAM writes follows from what is there. */
export type Transaction = (source: MemorySource) => readonly (KubeObject | ObjectRef)[];

const pick = fc.constantFrom;
const node = pick(...NODES);
const labels = fc.dictionary(pick("a", "b"), pick("1", "2"), { maxKeys: 2 });
const selector = pick("all()", "a == '1'", "has(b)", "a != '1'", "pcns.team == '1'", "projectcalico.org/orchestrator == 'cni'");
const net = pick("10.0.0.0/24", "10.1.0.0/16", "fd00::/64");
const rule = fc.record({
  action: pick("Allow", "Deny", "Log"),
  source: fc.oneof(
    fc.record({ selector }),
    fc.record({ nets: fc.array(net, { minLength: 1, maxLength: 2 }) }),
    fc.constant({ serviceAccounts: { names: ["robot"] } }),
  ),
  destination: fc.oneof(fc.constant({}), fc.constant({ ports: ["web"], selector: "all()" })),
});
const rules = fc.array(rule.map((one) => ({ ...one, protocol: "TCP" })), { maxLength: 2 });
const optional = <T>(key: string, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<object> =>
  fc.option(arbitrary, { nil: undefined }).map((value) => (value === undefined ? {} : { [key]: value }));
const all = (...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<object> =>
  fc.tuple(...parts).map((values) => Object.assign({}, ...values) as object);

/** What no agent reads, and what two of them must not disagree about. */
const metadata = fc.record({
  uid: fc.uuid(),
  creationTimestamp: pick("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
  annotations: fc.dictionary(pick("note"), fc.string({ maxLength: 3 })),
  labels,
});

function kind(kind: string, name: fc.Arbitrary<string>, spec: fc.Arbitrary<object>, more: fc.Arbitrary<object> = fc.constant({})) {
  return fc.tuple(name, metadata, spec, more).map(([name, metadata, spec, { status, ...place }]: [string, object, object, { status?: object }]): KubeObject => ({
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...metadata, ...place },
    spec,
    ...(status !== undefined && { status }),
  }));
}

const namespace = fc.record({ namespace: pick("red", "blue") });
const policy = all(
  fc.record({ tier: pick("default", "t0"), selector, ingress: rules, egress: rules }),
  optional("order", pick(1, 2)),
);
const anObject: fc.Arbitrary<KubeObject> = fc.oneof(
  {
    weight: 5,
    arbitrary: kind(
      "WorkloadEndpoint",
      pick("w0", "w1", "w2"),
      all(
        fc.record({
          node,
          interfaceName: pick("cali0", "cali1"),
          containerID: fc.string({ maxLength: 4 }),
          mac: pick("ee:ee:ee:ee:ee:ee", "ee:ee:ee:ee:ee:01"),
          ipNetworks: fc.subarray(["10.0.0.1/32", "10.0.0.2/32", "fd00::1/128"]),
          profiles: fc.shuffledSubarray(["kns.red", "open"]),
          ports: fc.subarray([{ name: "web", protocol: "TCP", port: 80 }]),
          allowSpoofedSourcePrefixes: fc.subarray(["10.9.0.0/16"]),
        }),
        optional("serviceAccountName", pick("robot")),
        optional("orchestrator", pick("k8s", "cni")),
      ),
      namespace,
    ),
  },
  kind("GlobalNetworkPolicy", pick("g0", "g1"), policy),
  kind("NetworkPolicy", pick("p0", "p1"), policy, namespace),
  kind("GlobalNetworkSet", pick("s0"), fc.record({ nets: fc.subarray(["10.2.0.0/16", "10.0.0.0/25"]) })),
  kind("NetworkSet", pick("s1"), fc.record({ nets: fc.subarray(["10.3.0.0/16", "10.0.0.0/25"]) }), namespace),
  kind("Profile", pick("kns.red", "open"), fc.record({ ingress: rules, egress: rules, labelsToApply: labels })),
  kind("Tier", pick("default", "t0"), fc.record({ order: pick(1, 2), defaultAction: pick("Deny", "Pass") })),
  kind(
    "FelixConfiguration",
    pick("default", "node.n1", "some", "more"),
    all(
      fc.record({ logPrefix: pick("one", "two"), vxlanPort: pick(4789, 4790) }),
      optional("nodeSelector", selector),
    ),
  ),
  kind(
    "Node",
    node,
    fc.record({
      bgp: all(
        fc.record({ ipv4Address: pick("172.16.0.1/24", "172.16.0.2/24", "172.16.0.3/24") }),
        optional("asNumber", pick(64512, 64513)),
      ),
    }),
    fc.record({ status: fc.record({ wireguardPublicKey: fc.string({ maxLength: 3 }) }) }),
  ),
  {
    weight: 3,
    arbitrary: kind(
    "IPPool",
    pick("pool"),
    all(
      fc.record({ cidr: fc.constant("10.88.0.0/26"), blockSize: fc.constant(28) }),
      optional("natOutgoing", fc.boolean()),
      optional("disabled", fc.constant(false)),
      optional("nodeSelector", pick("all()", "a == '1'")),
      optional("namespaceSelector", pick("has(b)")),
    ),
    all(
      optional("deletionTimestamp", pick("2026-03-01T00:00:00Z")),
      optional("status", fc.record({ conditions: fc.constant([{ type: "Allocatable", status: "False" }]) })),
    ),
  ),
  },
  kind("BGPConfiguration", pick("default", "node.n1", "node.n2"), fc.record({ listenPort: pick(179, 1179) })),
  kind("BGPPeer", pick("peer"), all(fc.record({ peerIP: pick("192.0.2.1"), asNumber: pick(64999) }), optional("node", node))),
  kind("Namespace", pick("red", "blue"), fc.constant({})),
  kind("IPAMConfiguration", pick("default"), fc.record({ strictAffinity: fc.boolean(), autoAllocateBlocks: fc.boolean(), maxBlocksPerHost: pick(0, 1), ipCooldownSeconds: pick(0, 60) })),
  kind("ClusterInformation", pick("default"), fc.constant({})),
  kind("StagedNetworkPolicy", pick("staged"), policy, namespace),
);

function fixed(kind: string, name: string, spec: object, metadata: object = {}): KubeObject {
  return { apiVersion: API_VERSION, kind, metadata: { name, creationTimestamp: "2026-01-15T00:00:00Z", ...metadata }, spec };
}

/** Where every history begins: something of everything, and a policy that looks at all that endpoints can be told by. */
export const BEGINNING: readonly KubeObject[] = [
  ...["red", "blue"].map((name) => fixed("Namespace", name, {}, { labels: { b: name } })),
  ...NODES.map((name, i) => fixed("Node", name, { bgp: { ipv4Address: `172.16.0.${i + 1}/24` } }, { labels: { a: "1" } })),
  fixed("IPPool", "pool", { cidr: "10.88.0.0/26", blockSize: 28, nodeSelector: "a == '1'", namespaceSelector: "has(b)" }),
  fixed("IPAMConfiguration", "default", { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0, ipCooldownSeconds: 0 }),
  ...["01", "02"].map((month) =>
    fixed(
      "FelixConfiguration",
      month === "01" ? "older" : "newer",
      { nodeSelector: "has(a)", logPrefix: month },
      { creationTimestamp: `2026-${month}-01T00:00:00Z` },
    ),
  ),
  fixed("Tier", "default", { order: 1, defaultAction: "Deny" }),
  fixed("Profile", "kns.red", { labelsToApply: { "pcns.team": "1" } }),
  fixed("GlobalNetworkPolicy", "everybody", {
    tier: "default",
    selector: "all()",
    ingress: [
      "a == '1'",
      "pcns.team == '1'",
      "projectcalico.org/orchestrator == 'cni'",
      "projectcalico.org/serviceaccount == 'robot'",
    ].map((selector) => ({ action: "Allow", source: { selector } })),
    egress: [{ action: "Allow", protocol: "TCP", destination: { selector: "all()", ports: ["web"] } }],
  }),
  ...NODES.slice(0, 2).map((node, i) =>
    fixed("WorkloadEndpoint", `w${i}`, { node, interfaceName: "cali0", ipNetworks: [`10.0.0.${i + 1}/32`] }, { namespace: "red" }),
  ),
];

export const transaction: fc.Arbitrary<Transaction> = fc.oneof(
  { weight: 6, arbitrary: fc.array(anObject, { minLength: 1, maxLength: 3 }).map((objects): Transaction => () => objects) },
  {
    weight: 1,
    arbitrary: fc.nat().map((seed): Transaction => ({ objects }) => {
      const some = objects.filter(({ kind }) => !kind.startsWith("IPAM") && kind !== "BlockAffinity");
      return some.length === 0 ? [] : [refOf(some[seed % some.length]!)];
    }),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(node, pick("h0", "h1", "h2", "h3"), fc.integer({ min: 1, max: 14 })).map(
      ([node, handle, count4]): Transaction =>
        (source) => {
          const state = stateOf(source.objects, handle);
          const isHeld = state.handles.length > 0;
          const outcome = isHeld
            ? releaseHandle(state, handle, ipamHashes)
            : autoAssign(state, { ...requestOf(node, handle), count4 }, ipamHashes);
          return ("changes" in outcome ? outcome.changes : []).map((change) =>
            change.op === "delete" ? change.ref : change.object,
          );
        },
    ),
  },
);

export function requestOf(node: string, handle: string) {
  return { node, handle, attributes: { node }, use: "Workload" as const, namespace: "red", count4: 1, count6: 0 };
}

/** What a decision looks at, of everything that is stored. */
export function stateOf(objects: readonly KubeObject[], handle: string): IpamState {
  const of = <T extends KubeObject>(kind: string): T[] => objects.filter((object) => object.kind === kind) as T[];
  const labelsOf = (kind: string) => new Map(of(kind).map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  return {
    pools: of<IPPoolObject>("IPPool"),
    blocks: of<IPAMBlock>("IPAMBlock"),
    affinities: of<BlockAffinity>("BlockAffinity"),
    handles: of<IPAMHandle>("IPAMHandle").filter(({ metadata }) => metadata.name === handleName(handle)),
    reservations: [],
    config: of<IPAMConfiguration>("IPAMConfiguration")[0]?.spec ?? DEFAULT_IPAM_CONFIG,
    nodeLabels: labelsOf("Node"),
    namespaceLabels: labelsOf("Namespace"),
    nowMs: NOW_MS,
  };
}
