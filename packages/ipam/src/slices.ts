import { cidrRange, cidrSize, containsCidr } from "@percale/net";
import type { Cidr } from "@percale/net";

/**
 * The block-sized slices of a pool, each once, from a start that depends on the owner: requests of one node converge on one
 * block while nodes diverge. Slices inside a prefix of `skip` are jumped over. Lazy: an IPv6 pool has more than anybody can count.
 */
export function* slices({
  pool,
  blockSize,
  owner,
  skip,
}: {
  pool: Cidr;
  blockSize: number;
  owner: string;
  skip: readonly Cidr[];
}): Generator<Cidr> {
  const { first } = cidrRange(pool);
  const step = cidrSize({ ...pool, prefixLen: blockSize });
  const count = cidrSize(pool) / step;
  if (count === 0n) return;
  // The hash twice, so that an IPv6 pool's start is spread over more than 32 bits.
  const start = ((BigInt(fnv1(owner)) << 32n) | BigInt(fnv1(`${owner}/`))) % count;
  for (let i = 0n; i < count; i++) {
    const position = (start + i) % count;
    const slice: Cidr = { family: pool.family, value: first + position * step, prefixLen: blockSize };
    const hole = skip.find((cidr) => containsCidr(cidr, slice));
    if (hole === undefined) yield slice;
    else i += min((cidrRange(hole).last - first) / step, count - 1n) - position;
  }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** FNV-1, 32 bits. */
function fnv1(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 0x01000193) ^ text.charCodeAt(i);
  return hash >>> 0;
}
