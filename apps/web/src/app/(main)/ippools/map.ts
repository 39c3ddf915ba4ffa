import type { BlockView } from "@percale/api";
import { firstOf, shapeOf, textOf } from "./cidr.ts";
import type { PoolRow } from "./view.ts";

export interface MapCell {
  /** Index of the block in its pool. */
  readonly index: bigint;
  readonly cidr: string;
  readonly block: BlockView | undefined;
}

/** A row of the address map, or a run of free blocks between claimed ones. */
export type MapPart = MapRow | { readonly t: "gap"; readonly blocks: bigint };
interface MapRow {
  readonly t: "row";
  readonly label: string;
  readonly cells: readonly MapCell[];
}

/** As many wholly free rows in a row are said by their number: what is claimed is what one looks for. */
const FREE_ROWS = 5;

const ALL_UP_TO = 4096n;

/** Blocks in address order: all of them while a page can draw that, else those claimed with the gaps as numbers. */
export function addressMap(
  pool: Pick<PoolRow, "cidr" | "blocks" | "blocksTotal">,
  blocksPerRow = 64,
): readonly MapPart[] {
  const start = firstOf(pool.cidr);
  const { bits, length } = shapeOf(pool.cidr);
  const blockBits = BigInt(bits - length) - bitLength(pool.blocksTotal);
  const cidrAt = (index: bigint) => `${textOf(start + (index << blockBits), bits)}/${bits - Number(blockBits)}`;
  const claimed = new Map(pool.blocks.map((block) => [(firstOf(block.cidr) - start) >> blockBits, block]));
  if (pool.blocksTotal <= ALL_UP_TO) {
    const perRow = Math.min(Number(pool.blocksTotal), blocksPerRow);
    const rows: MapRow[] = [];
    for (let at = 0; at < Number(pool.blocksTotal); at += perRow) {
      const cells = Array.from({ length: Math.min(perRow, Number(pool.blocksTotal) - at) }, (_, offset): MapCell => {
        const index = BigInt(at + offset);
        return { index, cidr: cidrAt(index), block: claimed.get(index) };
      });
      rows.push({ t: "row", label: cells[0]?.cidr.replace(/\/\d+$/, "") ?? "", cells });
    }
    return gathered(rows);
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

function gathered(rows: readonly MapRow[]): readonly MapPart[] {
  const parts: MapPart[] = [];
  let free: MapRow[] = [];
  const end = (): void => {
    const blocks = free.reduce((sum, { cells }) => sum + cells.length, 0);
    parts.push(...(free.length < FREE_ROWS ? free : [{ t: "gap", blocks: BigInt(blocks) } as const]));
    free = [];
  };
  for (const row of rows) {
    if (row.cells.every(({ block }) => block === undefined)) {
      free.push(row);
      continue;
    }
    end();
    parts.push(row);
  }
  end();
  return parts;
}

function bitLength(value: bigint): bigint {
  return BigInt(value.toString(2).length - 1);
}
