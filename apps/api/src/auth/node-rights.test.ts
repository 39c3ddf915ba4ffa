import { expect, test } from "vitest";
import { API_VERSION, profileOfNamespace, profileOfNetwork, profileOfServiceAccount } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { CheckContext } from "@percale/store";
import { nodeFault, nodeMay } from "./node-rights.ts";

const meta = (kind: string, name: string, more: object = {}) => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...more },
});

/** A pool of which one block is there: 10.0.0.1 is n1's, 10.0.0.2 is n2's. */
const pool: KubeObject = { ...meta("IPPool", "pool"), spec: { cidr: "10.0.0.0/28", blockSize: 30 } };
const block: KubeObject = {
  ...meta("IPAMBlock", "10-0-0-0-30"),
  spec: {
    cidr: "10.0.0.0/30",
    allocations: [null, 0, 1, null],
    attributes: [{ secondary: { node: "n1" } }, { secondary: { node: "n2" } }],
    unallocated: [0, 3],
  },
};
const lookup: CheckContext["lookup"] = {
  get: ({ kind, name }) => (kind === block.kind && name === block.metadata.name ? block : undefined),
  list: (kind) => (kind === pool.kind ? [pool] : []),
};

/** Absent: what an attachment writes. */
function endpoint(spec: object = {}, metadata: object = {}): KubeObject {
  return {
    ...meta("WorkloadEndpoint", "n1-k8s-web-eth0", { namespace: "shop", ...metadata }),
    spec: {
      orchestrator: "k8s",
      node: "n1",
      containerID: "abc",
      pod: "web",
      serviceAccountName: "till",
      endpoint: "eth0",
      ipNetworks: ["10.0.0.1/32"],
      profiles: ["kns.shop", "ksa.shop.till"],
      interfaceName: "cali1",
      mac: "ee:ee:ee:ee:ee:ee",
      ports: [],
      ...spec,
    },
  };
}

function fault(object: KubeObject, old?: KubeObject, operation = old === undefined ? "create" : "update") {
  return nodeFault("n1", { operation, object, lookup, ...(old !== undefined && { old }) } as CheckContext);
}

test("what a node may do to objects of a kind is a list, and of any other kind nothing", () => {
  const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"] as const;
  const kinds = ["Node", "WorkloadEndpoint", "Profile", "IPAMBlock", "BlockAffinity", "IPAMHandle"];
  const read = ["IPPool", "Namespace", "IPAMConfiguration", "NetworkPolicy", "constructor"];
  const may = [...kinds, ...read].map((kind) => `${kind}: ${verbs.filter((verb) => nodeMay(verb, kind)).join(" ")}`);
  expect(may).toEqual([
    "Node: get create update patch delete",
    "WorkloadEndpoint: get create update patch delete",
    "Profile: get create",
    "IPAMBlock: get list create update patch delete",
    "BlockAffinity: get list create update patch delete",
    "IPAMHandle: get create update patch delete",
    "IPPool: get list",
    "Namespace: get list",
    "IPAMConfiguration: get list",
    "NetworkPolicy: ",
    "constructor: ",
  ]);
});

test("a node keeps its own Node and nobody else's", () => {
  const [own, other] = ["n1", "n2"].map((name) => ({ ...meta("Node", name), spec: {} }));
  expect([fault(own!), fault(other!), fault(other!, other, "delete")]).toEqual([
    undefined,
    "it is another node's",
    "it is another node's",
  ]);
});

const usual = profileOfNamespace("shop");
const account = profileOfServiceAccount("shop", "till");
const network = profileOfNetwork("net");
test.each<[what: string, profile: KubeObject, fault: string | undefined]>([
  ["of a namespace", usual, undefined],
  ["of a service account", account, undefined],
  ["of a service account with dots in its name", profileOfServiceAccount("shop", "a.b"), undefined],
  ["of a network", network, undefined],
  [
    "of a namespace, with labels of its own",
    { ...usual, spec: { ...(usual.spec as object), labelsToApply: { role: "db" } } },
    "a node makes profiles as they come with a namespace or service account",
  ],
  [
    "of a service account, under a namespace's name",
    { ...account, metadata: { name: "kns.shop" } },
    "a node makes profiles as they come with a namespace or service account",
  ],
  [
    "of a namespace, under a service account's name",
    { ...usual, metadata: { name: "ksa.shop.till" } },
    "a node makes profiles as they come with a namespace or service account",
  ],
  ...["percale", "ksa.shop", "kns.shop.till"].map(
    (name) =>
      [
        `called ${name}`,
        { ...usual, metadata: { name } },
        "a node makes only profiles of namespaces, service accounts and networks",
      ] as [string, KubeObject, string],
  ),
])("a node that makes a profile %s hears %s", (_, profile, words) => {
  expect(fault(profile)).toBe(words);
});

test("a node attaches, moves and detaches a workload of its own", () => {
  const moved = endpoint({ containerID: "def", ports: [{ name: "http", port: 80, protocol: "TCP" }] });
  expect([fault(endpoint()), fault(moved, endpoint()), fault(endpoint(), endpoint(), "delete")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each<[what: string, fault: string | undefined, object: KubeObject, old?: KubeObject]>([
  ["for another node", "it belongs to another node", endpoint({ node: "n2" })],
  ["that is another node's", "it belongs to another node", endpoint(), endpoint({ node: "n2" })],
  ["for OpenStack", "spec.orchestrator: a node attaches for k8s and cni", endpoint({ orchestrator: "openstack" })],
  [
    "that may spoof",
    "spec.allowSpoofedSourcePrefixes: a node may not set it",
    endpoint({ allowSpoofedSourcePrefixes: ["0.0.0.0/0"] }),
  ],
  ["with NAT", "spec.ipNATs: a node may not set it", endpoint({ ipNATs: [] })],
  [
    "with other NAT than before",
    "spec.ipNATs: a node may not set it",
    endpoint({ ipNATs: [] }),
    endpoint({ ipNATs: [{ internalIP: "10.0.0.1" }] }),
  ],
  [
    "with an address of another node",
    "spec.ipNetworks: 10.0.0.2/32 is not given out to n1",
    endpoint({ ipNetworks: ["10.0.0.1/32", "10.0.0.2/32"] }),
  ],
  [
    "with a free address",
    "spec.ipNetworks: 10.0.0.3/32 is not given out to n1",
    endpoint({ ipNetworks: ["10.0.0.3/32"] }),
    endpoint(),
  ],
  [
    "with an address of no block",
    "spec.ipNetworks: 10.0.0.5/32 is not given out to n1",
    endpoint({ ipNetworks: ["10.0.0.5/32"] }),
  ],
  [
    "with an address of no pool",
    "spec.ipNetworks: 192.0.2.1/32 is not given out to n1",
    endpoint({ ipNetworks: ["192.0.2.1/32"] }),
  ],
  [
    "with a namespace's label",
    "metadata.labels: pcns.team comes from a namespace, a service account or the system",
    endpoint({}, { labels: { "pcns.team": "admins" } }),
  ],
  [
    "with a service account's label",
    "metadata.labels: pcsa.role comes from a namespace, a service account or the system",
    endpoint({}, { labels: { app: "web", "pcsa.role": "db" } }),
  ],
  [
    "with another of Calico's labels",
    "metadata.labels: projectcalico.org/x comes from a namespace, a service account or the system",
    endpoint({}, { labels: { "projectcalico.org/x": "b" } }),
    endpoint({}, { labels: { "projectcalico.org/x": "a" } }),
  ],
  [
    "with another namespace's profile",
    "spec.profiles: kns.prod is none of this workload's",
    endpoint({ profiles: ["kns.shop", "kns.prod"] }),
  ],
  [
    "with another account's profile",
    "spec.profiles: ksa.shop.root is none of this workload's",
    endpoint({ profiles: ["ksa.shop.root"] }),
  ],
  [
    "with a network's profile for a pod",
    "spec.profiles: net is none of this workload's",
    endpoint({ profiles: ["net"] }),
  ],
  [
    "with a namespace's profile for no pod",
    "spec.profiles: kns.shop is none of this workload's",
    endpoint({ orchestrator: "cni", profiles: ["net", "kns.shop"] }),
  ],
  ["that holds itself back", "metadata.finalizers: a node may not change them", endpoint({}, { finalizers: ["a/b"] })],
  [
    "that nothing holds back any more",
    "metadata.finalizers: a node may not change them",
    endpoint(),
    endpoint({}, { finalizers: ["a/b"] }),
  ],
  [
    "without addresses, profiles and account",
    undefined,
    endpoint({ ipNetworks: undefined, profiles: undefined, serviceAccountName: undefined }),
  ],
  ["on a network that is no pod's", undefined, endpoint({ orchestrator: "cni", profiles: ["net"] })],
  [
    "with what people set, as it was",
    undefined,
    endpoint({ ipNATs: [{ internalIP: "10.0.0.1" }] }),
    endpoint({ ipNATs: [{ internalIP: "10.0.0.1" }] }),
  ],
  [
    "with an address that it had before",
    undefined,
    endpoint({ ipNetworks: ["192.0.2.1/32"] }),
    endpoint({ ipNetworks: ["192.0.2.1/32"] }),
  ],
  [
    "with an inherited label that it had before",
    undefined,
    endpoint({}, { labels: { "pcns.team": "a" } }),
    endpoint({}, { labels: { "pcns.team": "a" } }),
  ],
  [
    "with labels that are completed from its spec",
    undefined,
    endpoint(
      {},
      {
        labels: {
          "projectcalico.org/namespace": "x",
          "projectcalico.org/orchestrator": "y",
          "projectcalico.org/serviceaccount": "z",
        },
      },
    ),
  ],
  [
    "that is held back as before",
    undefined,
    endpoint({ mac: "ee:ee:ee:ee:ee:ef" }, { finalizers: ["a/b"] }),
    endpoint({}, { finalizers: ["a/b"] }),
  ],
])("a node that writes an endpoint %s hears %s", (_what, words, object, old) => {
  expect(fault(object, old)).toBe(words);
});

test("a node detaches what somebody else holds back or gave an address of no pool", () => {
  const odd = endpoint({ ipNetworks: ["192.0.2.1/32"] }, { finalizers: ["a/b"] });
  expect(fault(odd, undefined, "delete")).toBeUndefined();
});

test("an address book is judged as it will be, and one that is deleted as it was", () => {
  const handle = { ...meta("IPAMHandle", "h"), spec: { handleID: "h", block: {}, deleted: false } };
  const labelled = { ...handle, metadata: { name: "h", labels: { a: "b" } } };
  expect([fault(labelled, handle), fault(block, block, "delete")]).toEqual([
    "a node may not change its labels or finalizers",
    expect.any(String),
  ]);
});
