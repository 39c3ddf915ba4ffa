import type { IPPool, SpecOf } from "@percale/resources/catalog";
import type { BlockView, PoolUsageView } from "@percale/api";
import type { Lenient } from "../../../policy/spec.ts";
import type { SortState } from "../../../parts/virtual-table.tsx";
import { compareNames } from "../nodes/view.ts";
import { firstOf, shapeOf, textOf } from "./cidr.ts";

/** One pool with its use, counted exactly where a number can be. */
export interface PoolRow {
  readonly name: string;
  readonly cidr: string;
  readonly encapsulation: string;
  readonly natOutgoing: boolean;
  readonly disabled: boolean;
  readonly size: bigint;
  readonly used: number;
  readonly free: bigint;
  readonly share: number;
  readonly blocks: readonly BlockView[];
  readonly blocksTotal: bigint;
  readonly blocksWithSpace: number;
}

type PoolSpec = Lenient<SpecOf<typeof IPPool>>;

/** Fullest first. A pool that the usage does not know yet is empty. */
export function poolRows(
  pools: readonly { readonly metadata: { readonly name: string }; readonly spec: PoolSpec }[],
  usage: readonly PoolUsageView[],
): readonly PoolRow[] {
  const byName = new Map(usage.map((each) => [each.name, each]));
  return pools
    .map(({ metadata: { name }, spec }): PoolRow => {
      const cidr = spec.cidr ?? "0.0.0.0/32";
      const { bits, length } = shapeOf(cidr);
      const size = 1n << BigInt(bits - length);
      const { used = 0, blocks = [] } = byName.get(name) ?? {};
      const blockLength = spec.blockSize === undefined || spec.blockSize === 0 ? bits - 6 : spec.blockSize;
      return {
        name,
        cidr,
        encapsulation: encapsulationOf(spec),
        natOutgoing: spec.natOutgoing ?? false,
        disabled: spec.disabled ?? false,
        size,
        used,
        free: size - BigInt(used),
        share: bits === 32 ? used / Number(size) : Number((BigInt(used) * 1_000_000n) / size) / 1_000_000,
        blocks: sortBlocks(blocks),
        blocksTotal: blockLength >= length ? 1n << BigInt(blockLength - length) : 1n,
        blocksWithSpace: blocks.filter((block) => block.used < block.size).length,
      };
    })
    .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name));
}

function encapsulationOf({ ipipMode, vxlanMode }: PoolSpec): string {
  if (vxlanMode !== undefined && vxlanMode !== "Never") return vxlanMode === "Always" ? "VXLAN" : `VXLAN ${vxlanMode}`;
  if (ipipMode !== undefined && ipipMode !== "Never") return ipipMode === "Always" ? "IPIP" : `IPIP ${ipipMode}`;
  return "none";
}

function sortBlocks(blocks: readonly BlockView[]): readonly BlockView[] {
  return blocks.toSorted((a, b) => {
    const [left, right] = [firstOf(a.cidr), firstOf(b.cidr)];
    return left < right ? -1 : Number(left > right);
  });
}

export interface AddressCell {
  readonly ordinal: number;
  readonly address: string;
  readonly owner: string | undefined;
  readonly handle: string | undefined;
  /** The node that has it from another's block. */
  readonly borrower: string | undefined;
}

/** Every address of one block; beyond 256 only those in use. */
export function blockAddresses(block: BlockView): readonly AddressCell[] {
  const start = firstOf(block.cidr);
  const { bits } = shapeOf(block.cidr);
  const owners = new Map(block.owners.map((owner) => [owner.ordinal, owner]));
  const ordinals =
    block.size <= 256
      ? Array.from({ length: block.size }, (_, ordinal) => ordinal)
      : [...owners.keys()].sort((a, b) => a - b);
  return ordinals.map((ordinal) => ({
    ordinal,
    address: textOf(start + BigInt(ordinal), bits),
    owner: owners.get(ordinal)?.owner,
    handle: owners.get(ordinal)?.handle,
    borrower: owners.get(ordinal)?.borrower,
  }));
}

/** Step of the one hue of use: 0 empty … 5 full. */
export function stepOfUse(share: number): 0 | 1 | 2 | 3 | 4 | 5 {
  if (share <= 0) return 0;
  return Math.min(5, Math.ceil(share * 5)) as 1 | 2 | 3 | 4 | 5;
}

/** What one node has of all pools. */
export interface NodeUse {
  readonly node: string;
  readonly blocks: number;
  /** Addresses that it has, borrowed ones too. */
  readonly used: number;
  readonly borrowed: number;
  /** Addresses of its blocks that nobody has. */
  readonly free: number;
}

/** By name. */
export function nodeUse(rows: readonly Pick<PoolRow, "blocks">[]): readonly NodeUse[] {
  const byNode = new Map<string, NodeUse>();
  const add = (node: string | undefined, more: Partial<NodeUse>): void => {
    if (node === undefined) return;
    const { blocks, used, borrowed, free } = byNode.get(node) ?? { blocks: 0, used: 0, borrowed: 0, free: 0 };
    byNode.set(node, {
      node,
      blocks: blocks + (more.blocks ?? 0),
      used: used + (more.used ?? 0),
      borrowed: borrowed + (more.borrowed ?? 0),
      free: free + (more.free ?? 0),
    });
  };
  for (const { node, used, size, owners } of rows.flatMap(({ blocks }) => blocks)) {
    const lent = owners.filter(({ borrower }) => borrower !== undefined);
    add(node, { blocks: 1, used: used - lent.length, free: size - used });
    for (const { borrower } of lent) add(borrower, { used: 1, borrowed: 1 });
  }
  return [...byNode.values()].sort((a, b) => compareNames(a.node, b.node));
}

/** How the table may be sorted, each as it is asked for first. */
const ORDERS: Readonly<Record<string, (a: PoolRow, b: PoolRow) => number>> = {
  name: (a, b) => compareNames(a.name, b.name),
  cidr: (a, b) => Number(isSix(a)) - Number(isSix(b)) || compareBig(firstOf(a.cidr), firstOf(b.cidr)),
  use: (a, b) => a.share - b.share,
  free: (a, b) => compareBig(a.free, b.free),
  blocks: (a, b) => a.blocks.length - b.blocks.length,
  space: (a, b) => a.blocksWithSpace - b.blocksWithSpace,
};

export function sortPools(rows: readonly PoolRow[], { id, down }: SortState): readonly PoolRow[] {
  const order = ORDERS[id];
  return order === undefined ? rows : rows.toSorted((a, b) => (down ? -order(a, b) : order(a, b)));
}

function isSix({ cidr }: PoolRow): boolean {
  return cidr.includes(":");
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
