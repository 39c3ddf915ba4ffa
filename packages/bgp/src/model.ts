import type { KubeObject } from "@percale/resources";

/** The parts of stored objects that decide about BGP; stored objects fit. */
export type NodeObject = KubeObject<{
  readonly bgp?:
    | {
        /** CIDR or address; host bits kept. */
        readonly ipv4Address?: string | undefined;
        readonly ipv6Address?: string | undefined;
        readonly asNumber?: number | string | undefined;
        readonly routeReflectorClusterID?: string | undefined;
      }
    | undefined;
}>;

export type PoolObject = KubeObject<{
  readonly cidr: string;
  readonly disableBGPExport?: boolean | undefined;
  readonly ipipMode?: "Never" | "Always" | "CrossSubnet" | undefined;
  readonly vxlanMode?: "Never" | "Always" | "CrossSubnet" | undefined;
}>;

export type AffinityObject = KubeObject<{
  readonly state: string;
  readonly node: string;
  readonly cidr: string;
  readonly deleted?: boolean | undefined;
}>;

export interface SecretRef {
  readonly secretKeyRef?: { readonly name: string; readonly key: string } | undefined;
}

export type BgpConfigurationObject = KubeObject<{
  readonly logSeverityScreen?: string | undefined;
  readonly nodeToNodeMeshEnabled?: boolean | undefined;
  readonly asNumber?: number | string | undefined;
  readonly listenPort?: number | undefined;
  readonly bindMode?: "None" | "NodeIP" | undefined;
  readonly nodeMeshPassword?: SecretRef | undefined;
  readonly nodeMeshMaxRestartTime?: string | undefined;
  readonly ignoredInterfaces?: readonly string[] | undefined;
  readonly ipv4NormalRoutePriority?: number | undefined;
  readonly ipv6NormalRoutePriority?: number | undefined;
}>;

export type BgpPeerObject = KubeObject<{
  readonly node?: string | undefined;
  readonly nodeSelector?: string | undefined;
  readonly peerIP?: string | undefined;
  readonly peerSelector?: string | undefined;
  readonly localWorkloadSelector?: string | undefined;
  readonly asNumber?: number | string | undefined;
  readonly localASNumber?: number | string | undefined;
  readonly keepOriginalNextHop?: boolean | undefined;
  readonly nextHopMode?: "Auto" | "Self" | "Keep" | undefined;
  readonly password?: SecretRef | undefined;
  readonly sourceAddress?: "UseNodeIP" | "None" | undefined;
  readonly maxRestartTime?: string | undefined;
  readonly keepaliveTime?: string | undefined;
  readonly numAllowedLocalASNumbers?: number | undefined;
  readonly ttlSecurity?: number | undefined;
  readonly reachableBy?: string | undefined;
  readonly filters?: readonly string[] | undefined;
  readonly reversePeering?: "Auto" | "Manual" | undefined;
}>;

/** One consistent picture of everything that decides; render only when every part is in sync. */
export interface BgpInputs {
  /** This node's name. */
  readonly node: string;
  readonly nodes: readonly NodeObject[];
  readonly pools: readonly PoolObject[];
  readonly affinities: readonly AffinityObject[];
  readonly configurations: readonly BgpConfigurationObject[];
  readonly peers: readonly BgpPeerObject[];
  /** Objects that BIRD refused, by `formatRef`, and its words: they are left out. */
  readonly refused?: ReadonlyMap<string, string>;
  /** By `secret/key`. */
  readonly passwords?: ReadonlyMap<string, string>;
  /** For a node without an IPv4 address; SHA-256. */
  readonly sha256: (text: string) => Uint8Array;
}
