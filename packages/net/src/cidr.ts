import { AddressError, bitsOf, formatAddress, tryParseAddress } from "./address.ts";
import type { Address } from "./address.ts";

/** A prefix. `value` keeps host bits if the text had them; `maskCidr` clears them. */
export interface Cidr extends Address {
  readonly prefixLen: number;
}

/** Accepts `address/length`, or a bare address as its full-length prefix. Throws AddressError. */
export function parseCidr(text: string): Cidr {
  const cidr = tryParseCidr(text);
  if (cidr === undefined)
    throw new AddressError(`must be an IPv4 or IPv6 CIDR such as 10.0.0.0/8, got ${JSON.stringify(text)}`);
  return cidr;
}

export function tryParseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  const address = tryParseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { ...address, prefixLen: bitsOf(address.family) };
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > bitsOf(address.family)) return undefined;
  return { ...address, prefixLen: Number(length) };
}

/** Canonical text, always with a length: `10.0.1.1/32`. Host bits are printed as they are. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr)}/${cidr.prefixLen}`;
}

export function maskCidr({ family, value, prefixLen }: Cidr): Cidr {
  const hostBits = BigInt(bitsOf(family) - prefixLen);
  return { family, value: (value >> hostBits) << hostBits, prefixLen };
}

/** True if no bit is set past the prefix. */
export function isMasked(cidr: Cidr): boolean {
  return maskCidr(cidr).value === cidr.value;
}

/** First and last address as numbers, both inclusive. */
export function cidrRange(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  const { value: first } = maskCidr(cidr);
  return { first, last: first + cidrSize(cidr) - 1n };
}

/** How many addresses it holds. */
export function cidrSize({ family, prefixLen }: Cidr): bigint {
  return 1n << BigInt(bitsOf(family) - prefixLen);
}

/** True if every address of `inner` is in `outer`. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.prefixLen > inner.prefixLen) return false;
  const hostBits = BigInt(bitsOf(outer.family) - outer.prefixLen);
  return outer.value >> hostBits === inner.value >> hostBits;
}

export function containsAddress(cidr: Cidr, address: Address): boolean {
  return containsCidr(cidr, { ...address, prefixLen: bitsOf(address.family) });
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return containsCidr(a, b) || containsCidr(b, a);
}
