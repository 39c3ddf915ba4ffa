import type { IPPool, SpecOf } from "@percale/resources";
import type { BlockView, PoolUsageView } from "@percale/api";
import { bitsOf, type Cidr, formatAddress, tryParseCidr } from "@percale/net";
import type { Lenient } from "../../../policy/spec.ts";

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

export interface MapCell {
  /** Index of the block in its pool. */
  readonly index: bigint;
  readonly cidr: string;
  readonly block: BlockView | undefined;
}

/** A row of the address map, or in IPv6 a run of free blocks between claimed ones. */
export type MapPart =
  | { readonly t: "row"; readonly label: string; readonly cells: readonly MapCell[] }
  | { readonly t: "gap"; readonly blocks: bigint };

const ALL_UP_TO = 4096n;
const PER_ROW = 64;

/** Blocks in address order: all of them while a page can draw that, else those claimed with the gaps as numbers. */
export function addressMap(pool: Pick<PoolRow, "cidr" | "blocks" | "blocksTotal">): readonly MapPart[] {
  const start = firstOf(pool.cidr);
  const { bits, length } = shapeOf(pool.cidr);
  const blockBits = BigInt(bits - length) - bitLength(pool.blocksTotal);
  const cidrAt = (index: bigint) => `${textOf(start + (index << blockBits), bits)}/${bits - Number(blockBits)}`;
  const claimed = new Map(pool.blocks.map((block) => [(firstOf(block.cidr) - start) >> blockBits, block]));
  if (pool.blocksTotal <= ALL_UP_TO) {
    const perRow = pool.blocksTotal < BigInt(PER_ROW) ? Number(pool.blocksTotal) : PER_ROW;
    const rows: MapPart[] = [];
    for (let at = 0; at < Number(pool.blocksTotal); at += perRow) {
      const cells = Array.from({ length: Math.min(perRow, Number(pool.blocksTotal) - at) }, (_, offset): MapCell => {
        const index = BigInt(at + offset);
        return { index, cidr: cidrAt(index), block: claimed.get(index) };
      });
      rows.push({ t: "row", label: cells[0]?.cidr.replace(/\/\d+$/, "") ?? "", cells });
    }
    return rows;
  }
  const parts: MapPart[] = [];
  let next = 0n;
  for (const [index, block] of [...claimed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (index > next) parts.push({ t: "gap", blocks: index - next });
    const last = parts.at(-1);
    const cell: MapCell = { index, cidr: block.cidr, block };
    if (last?.t === "row") parts[parts.length - 1] = { ...last, cells: [...last.cells, cell] };
    else parts.push({ t: "row", label: block.cidr.replace(/\/\d+$/, ""), cells: [cell] });
    next = index + 1n;
  }
  if (next < pool.blocksTotal) parts.push({ t: "gap", blocks: pool.blocksTotal - next });
  return parts;
}

export interface AddressCell {
  readonly ordinal: number;
  readonly address: string;
  readonly owner: string | undefined;
  readonly handle: string | undefined;
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
  }));
}

/** Step of the one hue of use: 0 empty … 5 full. */
export function stepOfUse(share: number): 0 | 1 | 2 | 3 | 4 | 5 {
  if (share <= 0) return 0;
  return Math.min(5, Math.ceil(share * 5)) as 1 | 2 | 3 | 4 | 5;
}

function bitLength(value: bigint): bigint {
  return BigInt(value.toString(2).length - 1);
}

const NONE: Cidr = { family: 4, value: 0n, prefixLen: 32 };

/** Bits of the family and length of the prefix; a broken text counts as one address rather than breaking the page. */
function shapeOf(cidr: string): { readonly bits: 32 | 128; readonly length: number } {
  const { family, prefixLen } = tryParseCidr(cidr) ?? NONE;
  return { bits: bitsOf(family), length: prefixLen };
}

function firstOf(cidr: string): bigint {
  return (tryParseCidr(cidr) ?? NONE).value;
}

function textOf(value: bigint, bits: 32 | 128): string {
  return formatAddress({ family: bits === 32 ? 4 : 6, value });
}
