import type {
  BlockAffinity,
  IPAMBlock,
  IPAMHandle,
  IPPool,
  KubeObject,
  ObjectRef,
  StatedSpecOf,
} from "@percale/resources";

export type { BlockAffinity, IPAMBlock, IPAMHandle };

export type IPAMBlockSpec = IPAMBlock["spec"];
export type BlockAttribute = IPAMBlockSpec["attributes"][number];
export type BlockAffinitySpec = BlockAffinity["spec"];
export type IPAMHandleSpec = IPAMHandle["spec"];

export type IntendedUse = "Workload" | "Tunnel" | "LoadBalancer";

/** A stored pool; what has a default may be absent. */
export type PoolSpec = StatedSpecOf<typeof IPPool>;
export type PoolStatus = IPPool["status"];
export type IPPoolObject = KubeObject<PoolSpec, PoolStatus>;

export interface IpamConfig {
  /** Never borrow from other owners' blocks. */
  readonly strictAffinity: boolean;
  readonly autoAllocateBlocks: boolean;
  /** 0 means 20, as upstream. */
  readonly maxBlocksPerHost: number;
  readonly ipCooldownSeconds: number;
}

/** What holds when there is no IPAMConfiguration. */
export const DEFAULT_IPAM_CONFIG: IpamConfig = {
  strictAffinity: false,
  autoAllocateBlocks: true,
  maxBlocksPerHost: 0,
  ipCooldownSeconds: 0,
};

/** Everything a decision looks at, read at one moment (or later than what it replaces: stale parts lose their compare-and-swap). */
export interface IpamState {
  readonly pools: readonly IPPoolObject[];
  readonly blocks: readonly IPAMBlock[];
  readonly affinities: readonly BlockAffinity[];
  /** At least the handle of the request, where it exists. */
  readonly handles: readonly IPAMHandle[];
  /** CIDRs never given out automatically. */
  readonly reservations: readonly string[];
  readonly config: IpamConfig;
  /** Labels by node name; a node that is missing gets no address. */
  readonly nodeLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Wall clock, ms. */
  readonly nowMs: number;
}

/** Hashes that names and labels need; `base32` is RFC 4648's without padding. */
export interface IpamHashes {
  sha256Hex(text: string): string;
  sha3Base32(text: string): string;
}

/** One step of a change set; the same shape as the protocol's. */
export type IpamChange =
  | { readonly op: "create"; readonly object: KubeObject }
  | { readonly op: "update"; readonly object: KubeObject }
  | { readonly op: "delete"; readonly ref: ObjectRef; readonly resourceVersion?: string };
