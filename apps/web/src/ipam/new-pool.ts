import { overlaps, parseCidr, tryParseCidr } from "@percale/net";

/** What must be known of pools that exist. */
export interface PoolLike {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly cidr?: string | undefined };
}

/** What a new pool begins as: the first name and the first prefix that no pool has. */
export function newPool(pools: readonly PoolLike[]): { readonly name: string; readonly cidr: string } {
  const names = new Set(pools.map(({ metadata }) => metadata.name));
  const taken = pools.flatMap(({ spec }) => tryParseCidr(spec.cidr ?? "") ?? []);
  const numbers = Array.from({ length: pools.length + 1 }, (_, index) => index + 1);
  return {
    name: numbers.map((number) => `pool-${number}`).find((name) => !names.has(name))!, // one more than there are pools
    cidr: PREFIXES.find((prefix) => !taken.some((other) => overlaps(parseCidr(prefix), other))) ?? "",
  };
}

/** Of 10.0.0.0/8, from where networks are rarely. */
const FIRST = 245;
const PREFIXES = Array.from({ length: 256 }, (_, index) => `10.${(FIRST + index) % 256}.0.0/16`);
