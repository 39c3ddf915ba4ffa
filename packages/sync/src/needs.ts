/** What each type of client reads, as data: everything else need not travel. Whoever makes an agent read more adds it here. */
import type { ClientType } from "@percale/protocol";

/** What becomes of a kind's objects on their way. */
export interface KindNeeds {
  /**
   * Fields of the form that everybody gets, beside apiVersion, kind, name and namespace: a section, or one field of it. Absent: only the
   * node that an object belongs to gets it.
   */
  readonly shared?: readonly string[];
  /** Where it says which node's it is: that one gets it whole. */
  readonly node?: { readonly field: string; readonly prefix?: string };
}

export type Needs = Readonly<Record<string, KindNeeds>>;

const POLICY: KindNeeds = { shared: ["spec"] };
const BGP: Needs = {
  IPPool: { shared: ["metadata.deletionTimestamp", "spec", "status"] },
  // Which of two nodes with one address is the older.
  Node: { shared: ["metadata.creationTimestamp", "metadata.labels", "spec"] },
  BGPConfiguration: { shared: ["spec"] },
  BGPPeer: { shared: ["spec"] },
  /** Blocks that a node announces, and takes addresses from. */
  BlockAffinity: { node: { field: "spec.node" } },
};

/** Undefined: everything, whole. */
export const NEEDS: Readonly<Record<ClientType, Needs | undefined>> = {
  agent: {
    ...BGP,
    Tier: POLICY,
    GlobalNetworkPolicy: POLICY,
    NetworkPolicy: POLICY,
    KubernetesNetworkPolicy: POLICY,
    KubernetesClusterNetworkPolicy: POLICY,
    Profile: POLICY,
    GlobalNetworkSet: { shared: ["metadata.labels", "spec"] },
    NetworkSet: { shared: ["metadata.labels", "spec"] },
    WorkloadEndpoint: {
      // Of others' a node has to know what selectors and named ports make of them.
      shared: [
        "metadata.labels",
        "spec.orchestrator",
        "spec.serviceAccountName",
        "spec.profiles",
        "spec.ipNetworks",
        "spec.ports",
      ],
      node: { field: "spec.node" },
    },
    // Of those that select nodes the oldest counts.
    FelixConfiguration: { shared: ["metadata.creationTimestamp", "spec"] },
    // What a pool's namespaceSelector looks at.
    Namespace: { shared: ["metadata.labels"] },
    IPReservation: { shared: ["spec"] },
    IPAMConfiguration: { shared: ["spec"] },
    // Of others' it is enough that they are taken. Handles are asked for by name: there is one for each workload.
    IPAMBlock: { shared: ["spec.cidr", "spec.affinity"], node: { field: "spec.affinity", prefix: "host:" } },
  },
  bgp: BGP,
  tunnel: { IPPool: BGP["IPPool"]!, Node: BGP["Node"]! },
  status: {},
  all: undefined,
};
