import { cidrSize, formatAddress, formatCidr, parseCidr } from "@percale/net";
import type { Address, Cidr } from "@percale/net";
import type { BlockAttribute, IPAMBlock, IPAMBlockSpec } from "./model.ts";

/** What an allocation records about its owner. */
export interface Owner {
  readonly handle: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A block that nobody has used, claimed now. `above`: the highest number that may have been used for it before. */
export function newBlock(cidr: Cidr, owner: string, nowMs: number, above = 0): IPAMBlockSpec {
  const size = Number(cidrSize(cidr));
  return {
    cidr: formatCidr(cidr),
    affinity: owner,
    affinityClaimTime: new Date(nowMs).toISOString(),
    allocations: Array<null>(size).fill(null),
    unallocated: Array.from({ length: size }, (_, ordinal) => ordinal),
    attributes: [],
    // Microseconds (upstream: nanoseconds): it travels as a JSON number and must stay exact.
    sequenceNumber: Math.max(nowMs * 1000, above + 1),
    sequenceNumberForAllocation: {},
    strictAffinity: false,
  };
}

export function ordinalOf(block: IPAMBlockSpec, address: Address): number {
  return Number(address.value - parseCidr(block.cidr).value);
}

export function addressAt(block: IPAMBlockSpec, ordinal: number): string {
  const { family, value } = parseCidr(block.cidr);
  return formatAddress({ family, value: value + BigInt(ordinal) });
}

/** Frees what has cooled down. Every block goes through here when it is read. */
export function thaw(block: IPAMBlockSpec, nowMs: number, cooldownSeconds: number): IPAMBlockSpec {
  const due = block.attributes.map(
    ({ releasedAt }) => releasedAt !== undefined && Date.parse(releasedAt) + cooldownSeconds * 1000 <= nowMs,
  );
  if (!due.includes(true)) return block;
  const freed = block.allocations.flatMap((index, ordinal) => (index !== null && due[index] === true ? [ordinal] : []));
  return prune(free(block, freed));
}

/** Gives out up to `count` addresses from the head of the queue; those that `isReserved` keep their place in it. */
export function take(
  block: IPAMBlockSpec,
  { count, owner, isReserved }: { count: number; owner: Owner; isReserved: (ordinal: number) => boolean },
): { readonly block: IPAMBlockSpec; readonly ordinals: readonly number[] } {
  const ordinals = block.unallocated.filter((ordinal) => !isReserved(ordinal)).slice(0, count);
  return ordinals.length === 0 ? { block, ordinals } : { block: allocate(block, ordinals, owner), ordinals };
}

/** Gives out these ordinals, all of which are free. */
export function allocate(block: IPAMBlockSpec, ordinals: readonly number[], owner: Owner): IPAMBlockSpec {
  const taken = new Set(ordinals);
  const entry: BlockAttribute = { handle_id: owner.handle, secondary: owner.attributes };
  const text = JSON.stringify(entry);
  const known = block.attributes.findIndex((attribute) => JSON.stringify(attribute) === text);
  const index = known >= 0 ? known : block.attributes.length;
  return {
    ...block,
    allocations: block.allocations.map((old, ordinal) => (taken.has(ordinal) ? index : old)),
    unallocated: block.unallocated.filter((ordinal) => !taken.has(ordinal)),
    attributes: known >= 0 ? block.attributes : [...block.attributes, entry],
    sequenceNumberForAllocation: {
      ...block.sequenceNumberForAllocation,
      ...Object.fromEntries(ordinals.map((ordinal) => [String(ordinal), block.sequenceNumber])),
    },
  };
}

/** Takes these addresses back: free at once, or cooling until the cooldown ends. */
export function release(
  block: IPAMBlockSpec,
  ordinals: readonly number[],
  { nowMs, cooldownSeconds }: { nowMs: number; cooldownSeconds: number },
): IPAMBlockSpec {
  if (cooldownSeconds === 0) return prune(free(block, ordinals));
  const released = new Set(ordinals);
  const index = block.attributes.length;
  return prune({
    ...block,
    allocations: block.allocations.map((old, ordinal) => (released.has(ordinal) ? index : old)),
    attributes: [...block.attributes, { releasedAt: new Date(nowMs).toISOString() }],
    sequenceNumberForAllocation: {
      ...block.sequenceNumberForAllocation,
      ...Object.fromEntries(ordinals.map((ordinal) => [String(ordinal), block.sequenceNumber])),
    },
  });
}

/** The handle that holds an ordinal; undefined if it is free or cooling. Junk after a carriage return comes from old migrations. */
export function handleAt(block: IPAMBlockSpec, ordinal: number): string | undefined {
  const index = block.allocations[ordinal];
  if (index === null || index === undefined) return undefined;
  return block.attributes[index]?.handle_id?.split("\r")[0];
}

export function ordinalsOf(block: IPAMBlockSpec, handle: string): number[] {
  return block.allocations.flatMap((_, ordinal) => (handleAt(block, ordinal) === handle ? [ordinal] : []));
}

/** True if no address is given out or cooling. */
export function isEmpty(block: IPAMBlockSpec): boolean {
  return block.unallocated.length === block.allocations.length;
}

/**
 * A block of which only is known that it is there, and whose: nothing in it is free, and nothing in it is anybody's. A decision on it may
 * find no address where there is one, and never takes a wrong one.
 */
export function closedBlock({ apiVersion, kind, metadata, spec }: IPAMBlock): IPAMBlock {
  const { cidr, affinity } = spec;
  const closed = { allocations: [0], unallocated: [], attributes: [{}], sequenceNumber: 0, strictAffinity: false };
  return { apiVersion, kind, metadata, spec: { cidr, ...(affinity !== undefined && { affinity }), ...closed } };
}

/** Whether an ordinal of the block is covered by one of the reserved prefixes. */
export function reservedIn(blockCidr: Cidr, reservations: readonly Cidr[]): (ordinal: number) => boolean {
  const ranges = reservations
    .filter(({ family }) => family === blockCidr.family)
    .map((cidr) => [cidr.value - blockCidr.value, cidr.value - blockCidr.value + cidrSize(cidr)] as const)
    .filter(([from, to]) => to > 0n && from < cidrSize(blockCidr));
  if (ranges.length === 0) return () => false;
  return (ordinal) => ranges.some(([from, to]) => BigInt(ordinal) >= from && BigInt(ordinal) < to);
}

function free(block: IPAMBlockSpec, ordinals: readonly number[]): IPAMBlockSpec {
  const freed = new Set(ordinals);
  return {
    ...block,
    allocations: block.allocations.map((old, ordinal) => (freed.has(ordinal) ? null : old)),
    unallocated: [...block.unallocated, ...ordinals],
    sequenceNumberForAllocation: Object.fromEntries(
      Object.entries(block.sequenceNumberForAllocation ?? {}).filter(([ordinal]) => !freed.has(Number(ordinal))),
    ),
  };
}

/** Drops attributes without users and numbers the rest anew. */
function prune(block: IPAMBlockSpec): IPAMBlockSpec {
  const used = new Set(block.allocations);
  if (block.attributes.every((_, index) => used.has(index))) return block;
  const kept = block.attributes.flatMap((_, index) => (used.has(index) ? [index] : []));
  const newIndex = new Map(kept.map((old, index) => [old, index]));
  return {
    ...block,
    allocations: block.allocations.map((index) => (index === null ? null : (newIndex.get(index) ?? null))),
    attributes: kept.map((index) => block.attributes[index]!),
  };
}
