import type { KubeObject, ObjectRef } from "@percale/resources";

/** Stored shapes as Calico's. Source: projectcalico/calico `libcalico-go/lib/backend/model/{block,block_affinity,ipam_handle}.go`. */
export interface IPAMBlockSpec {
  readonly cidr: string;
  /** `host:<node>` or `virtual:load-balancer`; absent: nobody's, drains and goes. */
  readonly affinity?: string | undefined;
  /** RFC 3339; when the block was claimed. */
  readonly affinityClaimTime?: string | undefined;
  /** By ordinal (address − base): index into `attributes`, null = free. */
  readonly allocations: readonly (number | null)[];
  /** Free ordinals, first in first out: an address is used again as late as possible. */
  readonly unallocated: readonly number[];
  readonly attributes: readonly BlockAttribute[];
  /**
   * Rises with every write and starts from the clock, so that a block made anew never repeats one. Microseconds (upstream:
   * nanoseconds) because it travels as a JSON number and must stay exact.
   */
  readonly sequenceNumber: number;
  /** By ordinal, as text: the block's number when the address was given out. */
  readonly sequenceNumberForAllocation?: Readonly<Record<string, number>> | undefined;
  readonly deleted?: boolean | undefined;
  /** Upstream's deprecated field; ignored. */
  readonly strictAffinity: boolean;
}

export interface BlockAttribute {
  readonly handle_id?: string | undefined;
  /** The owner: node, pod, namespace, type, timestamp. */
  readonly secondary?: Readonly<Record<string, string>> | undefined;
  readonly alternateOwnerAttrs?: Readonly<Record<string, string>> | undefined;
  /** RFC 3339; cooling down, and then nothing else is set. */
  readonly releasedAt?: string | undefined;
}

export interface BlockAffinitySpec {
  readonly state: "" | "confirmed" | "pending" | "pendingDeletion";
  readonly node: string;
  readonly type?: "host" | "virtual" | undefined;
  readonly cidr: string;
  readonly deleted?: boolean | undefined;
}

export interface IPAMHandleSpec {
  readonly handleID: string;
  /** Block CIDR → how many of its addresses. */
  readonly block: Readonly<Record<string, number>>;
  readonly deleted?: boolean | undefined;
}

export type IPAMBlock = KubeObject<IPAMBlockSpec>;
export type BlockAffinity = KubeObject<BlockAffinitySpec>;
export type IPAMHandle = KubeObject<IPAMHandleSpec>;

export type IntendedUse = "Workload" | "Tunnel" | "LoadBalancer";

/** The part of an IPPool's spec that decides here; a stored pool fits. */
export interface PoolSpec {
  readonly cidr: string;
  readonly blockSize?: number | undefined;
  readonly disabled?: boolean | undefined;
  readonly nodeSelector?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly allowedUses?: readonly IntendedUse[] | undefined;
  readonly assignmentMode?: "Automatic" | "Manual" | undefined;
}

export interface PoolStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[] | undefined;
}

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
