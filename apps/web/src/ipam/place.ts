import type { BlockView, PoolUsageView } from "@percale/api";
import {
  type Address,
  cidrRange,
  containsAddress,
  formatAddress,
  parseCidr,
  tryParseAddress,
  tryParseCidr,
} from "@percale/net";

/** Where an address is among the pools, and who holds it there. */
export interface Place {
  /** As RFC 5952 writes it. */
  readonly address: string;
  readonly pool?: PoolUsageView;
  readonly block?: BlockView;
  /** In its block. */
  readonly ordinal?: number;
  readonly holder?: BlockView["owners"][number];
}

/** Undefined for a text that is no address. */
export function placeOf(text: string, pools: readonly PoolUsageView[]): Place | undefined {
  const address = tryParseAddress(text.trim());
  if (address === undefined) return undefined;
  const place = { address: formatAddress(address) };
  const pool = pools.find(({ cidr }) => holds(cidr, address));
  if (pool === undefined) return place;
  const block = pool.blocks.find(({ cidr }) => holds(cidr, address));
  if (block === undefined) return { ...place, pool };
  const ordinal = Number(address.value - cidrRange(parseCidr(block.cidr)).first);
  const holder = block.owners.find((owner) => owner.ordinal === ordinal);
  return { ...place, pool, block, ordinal, ...(holder !== undefined && { holder }) };
}

/** Whose it is, as far as blocks tell. */
export function sayPlace({ pool, block, holder }: Place): string {
  if (pool === undefined) return "In none of the pools";
  if (block === undefined) return `Free in pool ${pool.name}`;
  if (holder === undefined) return `Free in block ${block.cidr}${ofNode(block)}`;
  return `Held by ${holder.owner}${holder.borrower === undefined ? "" : ` on ${holder.borrower}, which borrowed it`}`;
}

/** ` of node-1`. */
export function ofNode({ node }: BlockView): string {
  return node === undefined ? "" : ` of ${node}`;
}

function holds(cidr: string, address: Address): boolean {
  const parsed = tryParseCidr(cidr);
  return parsed !== undefined && containsAddress(parsed, address);
}
