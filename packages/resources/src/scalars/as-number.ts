/** What nodes have where neither their Node nor a BGPConfiguration says otherwise. */
export const DEFAULT_AS = 64_512;

/**
 * An AS number from a number, its text, or the dotted form (`1.10` is 1·65536+10); undefined if it is none. RFC 5396.
 * A fraction is none: YAML reads an unquoted `1.10` as 1.1, which says nothing about its second half.
 */
export function parseAsNumber(value: number | string): number | undefined {
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  const [, high, low] = /^(?:(\d+)\.)?(\d+)$/.exec(String(value)) ?? [];
  if (low === undefined) return undefined;
  if (high === undefined) return Number(low) <= 0xffff_ffff ? Number(low) : undefined;
  return Number(high) <= 0xffff && Number(low) <= 0xffff ? Number(high) * 0x1_0000 + Number(low) : undefined;
}
