import { containsAddress, parseCidr } from "@percale/net";
import type { Address } from "@percale/net";

/** Ranges of which no node or router can be the address, or not without saying on which link. */
const UNUSABLE = [
  ["0.0.0.0/8", "names no host"],
  ["224.0.0.0/4", "is multicast"],
  ["240.0.0.0/4", "is reserved"],
  ["::/128", "names no host"],
  ["ff00::/8", "is multicast"],
  ["fe80::/10", "is link-local and needs an interface, which cannot be given"],
].map(([cidr, why]) => ({ range: parseCidr(cidr!), why: why! }));

/** Why BGP cannot speak to this address; undefined if it can. */
export function unicastFault(address: Address): string | undefined {
  const found = UNUSABLE.find(({ range }) => containsAddress(range, address));
  return found === undefined ? undefined : `must be a unicast address that can be reached: this one ${found.why}`;
}
