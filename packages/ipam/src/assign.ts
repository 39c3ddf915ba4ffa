import { cidrSize, containsCidr, formatAddress, formatCidr, maskCidr, parseCidr, tryParseAddress } from "@percale/net";
import type { Cidr } from "@percale/net";
import { addressAt, allocate, isEmpty, newBlock, ordinalOf, reservedIn, take } from "./block.ts";
import type { Owner } from "./block.ts";
import { Draft } from "./draft.ts";
import type { IntendedUse, IPAMBlockSpec, IpamChange, IpamHashes, IpamState } from "./model.ts";
import { hostOwner } from "./names.ts";
import { allPools, enabledPools, poolsFor, selectsNode } from "./pools.ts";
import type { Pool } from "./pools.ts";
import { slices } from "./slices.ts";

export interface AssignRequest {
  readonly node: string;
  readonly handle: string;
  /** node, pod, namespace, timestamp, … */
  readonly attributes: Readonly<Record<string, string>>;
  readonly use: IntendedUse;
  readonly namespace?: string | undefined;
  readonly count4: number;
  readonly count6: number;
  /** CIDRs or names of pools per family; absent: whatever selects the node. */
  readonly pools4?: readonly string[] | undefined;
  readonly pools6?: readonly string[] | undefined;
  /** Tightens the configured limit. */
  readonly maxBlocks?: number | undefined;
}

export interface AssignAddressRequest {
  readonly node: string;
  readonly handle: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly use: IntendedUse;
  readonly address: string;
}

export interface AssignedAddress {
  readonly address: string;
  readonly block: string;
}

/** All of what was asked, or nothing. */
export type AssignOutcome =
  | {
      readonly kind: "assigned";
      readonly addresses: readonly AssignedAddress[];
      readonly changes: readonly IpamChange[];
    }
  /** `pools`: those that might have served, by CIDR. */
  | { readonly kind: "exhausted"; readonly family: 4 | 6; readonly pools: readonly string[]; readonly message: string }
  /** Nothing could ever be given to this request as things are configured. */
  | { readonly kind: "refused"; readonly message: string };

/** Blocks a node may own where no limit is set. Source: projectcalico/calico `libcalico-go/lib/ipam/ipam.go`. */
const DEFAULT_MAX_BLOCKS = 20;
/** An empty block is left with its owner this long: two nodes must not steal one back and forth. */
export const RECLAIM_AFTER_MS = 60_000;

/** Addresses out of the node's own blocks, a newly claimed one, or borrowed, in that order; IPv4 first. */
export function autoAssign(state: IpamState, request: AssignRequest, hashes: IpamHashes): AssignOutcome {
  if (!state.nodeLabels.has(request.node))
    return { kind: "refused", message: `node ${request.node} does not exist: create the Node object first` };
  const draft = new Draft(state, hashes);
  const addresses: AssignedAddress[] = [];
  for (const [family, count, pools] of [
    [4, request.count4, request.pools4],
    [6, request.count6, request.pools6],
  ] as const) {
    if (count === 0) continue;
    const choice = poolsFor(state, {
      family,
      node: request.node,
      namespace: request.namespace,
      use: request.use,
      pools,
    });
    if (choice.kind === "none") return { kind: "exhausted", family, pools: [], message: choice.message };
    const result = assignFamily({ draft, state, request, family, count, pools: choice.pools });
    if (typeof result === "string") {
      const cidrs = choice.pools.map(({ cidr }) => formatCidr(cidr));
      return { kind: "exhausted", family, pools: cidrs, message: `${result} [${cidrs.join(" ")}]` };
    }
    addresses.push(...result);
  }
  return { kind: "assigned", addresses, changes: draft.changes() };
}

/** One given address; selectors, reservations and limits do not apply: that is how Manual pools and reserved addresses are used. */
export function assignAddress(state: IpamState, request: AssignAddressRequest, hashes: IpamHashes): AssignOutcome {
  const parsed = tryParseAddress(request.address);
  if (parsed === undefined) return { kind: "refused", message: `must be an IP address, got ${request.address}` };
  const address = { ...parsed, prefixLen: parsed.family === 4 ? 32 : 128 };
  const text = formatAddress(address);
  const pool = enabledPools(state).find(({ cidr }) => containsCidr(cidr, address));
  if (pool === undefined)
    return { kind: "refused", message: `The provided IP address ${text} is not in a configured pool` };
  if (!pool.uses.includes(request.use))
    return {
      kind: "refused",
      message: `IP address ${text} is in IP pool "${pool.name}", which is not allowed for use "${request.use}" (allowedUses: [${pool.uses.join(" ")}])`,
    };
  const draft = new Draft(state, hashes);
  const owner = hostOwner(request.node);
  const cidr = maskCidr({ ...address, prefixLen: pool.blockSize });
  const block = draft.block(formatCidr(cidr)) ?? claim(draft, cidr, request.node, state.nowMs);
  if (state.config.strictAffinity && block.affinity !== owner)
    return {
      kind: "refused",
      message: `Block host affinity does not match: ${block.cidr} belongs to ${block.affinity ?? "nobody"} and strictAffinity is on`,
    };
  const ordinal = ordinalOf(block, address);
  if (!block.unallocated.includes(ordinal))
    return { kind: "refused", message: `Address already assigned in block: ${text}` };
  draft.putBlock(allocate(block, [ordinal], request));
  draft.count(request.handle, block.cidr, 1);
  return { kind: "assigned", addresses: [{ address: text, block: block.cidr }], changes: draft.changes() };
}

interface FamilyRequest {
  readonly draft: Draft;
  readonly state: IpamState;
  readonly request: AssignRequest;
  readonly family: 4 | 6;
  readonly count: number;
  readonly pools: readonly Pool[];
}

/** The addresses, or why there are not enough. */
function assignFamily({ draft, state, request, family, count, pools }: FamilyRequest): AssignedAddress[] | string {
  const { config, nowMs } = state;
  const reservations = state.reservations.map(parseCidr).filter((cidr) => cidr.family === family);
  const owner = hostOwner(request.node);
  const cidrs = pools.map(({ cidr }) => cidr);
  const addresses: AssignedAddress[] = [];
  const takeFrom = (block: IPAMBlockSpec): void => {
    const wanted = count - addresses.length;
    if (wanted === 0) return;
    const isReserved = reservedIn(parseCidr(block.cidr), reservations);
    const taken = take(block, { count: wanted, owner: request satisfies Owner, isReserved });
    if (taken.ordinals.length === 0) return;
    draft.putBlock(taken.block);
    draft.count(request.handle, block.cidr, taken.ordinals.length);
    addresses.push(...taken.ordinals.map((ordinal) => ({ address: addressAt(block, ordinal), block: block.cidr })));
  };

  releaseDrifted({ draft, state, node: request.node, family });
  const own = [...draft.blocksIn(cidrs)].filter(({ affinity }) => affinity === owner);
  for (const block of own) {
    if (addresses.length === count) break;
    draft.confirmAffinity(request.node, block.cidr); // repairs what another writer left half done
    takeFrom(block);
  }
  const limit = blockLimit(config.maxBlocksPerHost, request.maxBlocks);
  for (let owned = own.length; addresses.length < count; owned++) {
    if (owned >= limit)
      return `Need to allocate an IPAM block but could not: limit of ${limit} blocks reached for node ${request.node} in pools`;
    if (!config.autoAllocateBlocks) break;
    const slice =
      findUnclaimed({ draft, pools, owner, reservations }) ??
      reclaim({ draft, cidrs, owner, nowMs, isUsable: (block) => hasUnreserved(parseCidr(block.cidr), reservations) });
    if (slice === undefined) break;
    takeFrom(claim(draft, slice, request.node, nowMs));
  }
  if (addresses.length === count) return addresses;
  if (config.strictAffinity) return "No more free affine blocks and strict affinity enabled, in pools";
  for (const block of draft.blocksIn(cidrs)) if (block.affinity !== owner) takeFrom(block);
  return addresses.length === count ? addresses : "No IPs available in pools:";
}

function blockLimit(configured: number, requested: number | undefined): number {
  const base = configured === 0 ? DEFAULT_MAX_BLOCKS : configured;
  if (requested === undefined || requested === 0) return base;
  return configured === 0 ? requested : Math.min(base, requested);
}

/** The block of `cidr`, from now on this node's. */
function claim(draft: Draft, cidr: Cidr, node: string, nowMs: number): IPAMBlockSpec {
  const text = formatCidr(cidr);
  const block = newBlock(cidr, hostOwner(node), nowMs, draft.lastSequence(text));
  draft.putBlock(block);
  draft.confirmAffinity(node, text);
  return block;
}

/** Pools are used up in order: the second is touched only when the first has no slice left. */
function findUnclaimed({
  draft,
  pools,
  owner,
  reservations,
}: {
  draft: Draft;
  pools: readonly Pool[];
  owner: string;
  reservations: readonly Cidr[];
}): Cidr | undefined {
  for (const { cidr, blockSize } of pools) {
    const claimed = BigInt([...draft.blocksIn([cidr])].length);
    if (claimed >= cidrSize(cidr) / cidrSize({ ...cidr, prefixLen: blockSize })) continue;
    for (const slice of slices({ pool: cidr, blockSize, owner, skip: reservations }))
      if (draft.block(formatCidr(slice)) === undefined && hasUnreserved(slice, reservations)) return slice;
  }
  return undefined;
}

/** Takes over an empty block that its owner has not needed; only when there is no unclaimed slice left. */
function reclaim({
  draft,
  cidrs,
  owner,
  nowMs,
  isUsable,
}: {
  draft: Draft;
  cidrs: readonly Cidr[];
  owner: string;
  nowMs: number;
  isUsable: (block: IPAMBlockSpec) => boolean;
}): Cidr | undefined {
  for (const block of draft.blocksIn(cidrs)) {
    const { affinity, affinityClaimTime, cidr } = block;
    if (affinity === owner || !isEmpty(block) || !isUsable(block)) continue;
    if (affinityClaimTime !== undefined && Date.parse(affinityClaimTime) > nowMs - RECLAIM_AFTER_MS) continue;
    if (affinity?.startsWith("host:") === true) draft.deleteAffinity(affinity.slice("host:".length), cidr);
    return parseCidr(cidr);
  }
  return undefined;
}

function hasUnreserved(cidr: Cidr, reservations: readonly Cidr[]): boolean {
  if (reservations.length === 0) return true;
  const isReserved = reservedIn(cidr, reservations);
  for (let ordinal = 0; ordinal < Number(cidrSize(cidr)); ordinal++) if (!isReserved(ordinal)) return true;
  return false;
}

/** Gives up this node's empty blocks in pools that no longer select it. */
function releaseDrifted({
  draft,
  state,
  node,
  family,
}: {
  draft: Draft;
  state: IpamState;
  node: string;
  family: 4 | 6;
}): void {
  const drifted = allPools(state).filter((pool) => pool.cidr.family === family && !selectsNode(pool, state, node));
  for (const block of draft.blocksIn(drifted.map(({ cidr }) => cidr))) {
    if (block.affinity !== hostOwner(node) || !isEmpty(block)) continue;
    draft.deleteBlock(block.cidr);
    draft.deleteAffinity(node, block.cidr);
  }
}
