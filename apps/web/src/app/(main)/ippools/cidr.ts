import { bitsOf, type Cidr, formatAddress, tryParseCidr } from "@percale/net";

/** Prefixes as pages calculate with them: a broken text counts as one address rather than breaking the page. */
const NONE: Cidr = { family: 4, value: 0n, prefixLen: 32 };

/** Bits of the family and length of the prefix. */
export function shapeOf(cidr: string): { readonly bits: 32 | 128; readonly length: number } {
  const { family, prefixLen } = tryParseCidr(cidr) ?? NONE;
  return { bits: bitsOf(family), length: prefixLen };
}

export function firstOf(cidr: string): bigint {
  return (tryParseCidr(cidr) ?? NONE).value;
}

export function textOf(value: bigint, bits: 32 | 128): string {
  return formatAddress({ family: bits === 32 ? 4 : 6, value });
}
