import type { AffinityObject, BgpInputs } from "../model.ts";

const object = <S>(kind: string, name: string, spec: S, labels: Record<string, string> = {}) => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name, labels },
  spec,
});

const node = (n: number, more: object = {}, labels = {}) =>
  object("Node", `node-${n}`, { bgp: { ipv4Address: `10.0.0.${n}/24`, ipv6Address: `fd00::${n}/64`, ...more } }, labels);
const affinity = (name: string, cidr: string, state: AffinityObject["spec"]["state"] = "confirmed") =>
  object("BlockAffinity", `${name}-${cidr.replaceAll(/[./:]/g, "-")}`, { state, node: name, cidr });

const base: BgpInputs = {
  node: "node-1",
  nodes: [node(1), node(2), node(3)],
  pools: [object("IPPool", "v4", { cidr: "10.244.0.0/16" }), object("IPPool", "v6", { cidr: "fd00:244::/48" })],
  affinities: [affinity("node-1", "10.244.1.0/26"), affinity("node-1", "fd00:244::/122"), affinity("node-2", "10.244.2.0/26")],
  configurations: [],
  peers: [],
  sha256: () => Uint8Array.of(250, 1, 2, 3),
};

/** Clusters as seen from node-1, by the name of their golden. */
export const clusters: Readonly<Record<string, BgpInputs>> = {
  mesh: base,
  empty: { ...base, nodes: [], pools: [], affinities: [] },
  "ipv6-only": { ...base, nodes: [1, 2].map((n) => object("Node", `node-${n}`, { bgp: { ipv6Address: `fd00::${n}` } })) },
  blocks: {
    ...base,
    affinities: [
      affinity("node-1", "10.244.1.0/26", "pending"),
      affinity("node-1", "10.244.1.64/26", "pendingDeletion"),
      affinity("node-1", "10.244.9.9/32"),
    ],
    pools: [
      object("IPPool", "plain", { cidr: "10.244.0.0/16" }),
      object("IPPool", "hidden", { cidr: "10.99.0.0/16", disableBGPExport: true }),
      object("IPPool", "vxlan", { cidr: "10.98.0.0/16", vxlanMode: "Always" as const }),
    ],
  },
  reflectors: {
    ...base,
    nodes: [node(1, { routeReflectorClusterID: "1.0.0.1" }, { rr: "yes" }), node(2, { routeReflectorClusterID: "1.0.0.1" }, { rr: "yes" }), node(3)],
    peers: [object("BGPPeer", "to-rr", { nodeSelector: "all()", peerSelector: "has(rr)" })],
  },
  peers: {
    ...base,
    configurations: [
      object("BGPConfiguration", "default", {
        asNumber: "1.10",
        listenPort: 1790,
        bindMode: "NodeIP" as const,
        logSeverityScreen: "Debug",
        nodeMeshPassword: { secretKeyRef: { name: "bgp", key: "mesh" } },
        nodeMeshMaxRestartTime: "2m",
        ignoredInterfaces: ["docker0"],
      }),
    ],
    passwords: new Map([["bgp/mesh", "s3cret"]]),
    peers: [
      object("BGPPeer", "tor", {
        peerIP: "10.0.0.254:1179",
        asNumber: 65001,
        localASNumber: 65100,
        nextHopMode: "Self" as const,
        keepaliveTime: "10s",
        maxRestartTime: "30s",
        ttlSecurity: 1,
        numAllowedLocalASNumbers: 2,
        reachableBy: "10.0.0.253",
      }),
      object("BGPPeer", "tor-6", { node: "node-1", peerIP: "[fd00::fe]:1179", asNumber: 65001, keepOriginalNextHop: true, sourceAddress: "None" as const }),
      object("BGPPeer", "z-again", { peerIP: "10.0.0.254:1179", asNumber: 65002 }),
      object("BGPPeer", "no-as", { peerIP: "10.0.0.253" }),
      object("BGPPeer", "secret", { peerIP: "10.0.0.252", asNumber: 65003, password: { secretKeyRef: { name: "gone", key: "x" } } }),
    ],
  },
};
