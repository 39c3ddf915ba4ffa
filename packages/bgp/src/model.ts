import type {
  BGPConfiguration,
  BGPPeer,
  BlockAffinity,
  IPPool,
  KubeObject,
  Node,
  StatedSpecOf,
} from "@percale/resources";

/** Stored objects; what has a default may be absent. */
export type NodeObject = KubeObject<StatedSpecOf<typeof Node>>;
export type PoolObject = KubeObject<StatedSpecOf<typeof IPPool>>;
export type AffinityObject = KubeObject<StatedSpecOf<typeof BlockAffinity>>;
export type BgpConfigurationObject = KubeObject<StatedSpecOf<typeof BGPConfiguration>>;
export type BgpPeerObject = KubeObject<StatedSpecOf<typeof BGPPeer>>;

export type SecretRef = NonNullable<BgpPeerObject["spec"]["password"]>;

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
