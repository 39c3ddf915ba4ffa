import { formatCidr, maskCidr, tryParseCidr } from "@percale/net";
import { InvalidObject } from "./invalid.ts";

const V4_HOST = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$|\/)|(?=$|\/))){4}(?:\/32)?$/;

/** Canonical text of a CIDR or bare address, host bits cleared. Throws InvalidObject. */
export function canonicalNet(text: string): string {
  // Most members are single IPv4 addresses, already canonical: no arithmetic for those.
  if (V4_HOST.test(text)) return text.endsWith("/32") ? text : `${text}/32`;
  const cidr = tryParseCidr(text);
  if (cidr === undefined) throw new InvalidObject(`${JSON.stringify(text)} is neither an address nor a CIDR`);
  return formatCidr(maskCidr(cidr));
}

/** Canonical, each once, in the given order. */
export function canonicalNets(texts: readonly string[] | undefined): readonly string[] {
  if (texts === undefined || texts.length === 0) return [];
  const nets = texts.map(canonicalNet);
  // Short lists are compared pair by pair: there may be tens of thousands, and a Set for each is slow to make.
  const isDistinct = nets.length <= 16 && nets.every((net, j) => nets.indexOf(net) === j);
  return isDistinct ? nets : [...new Set(nets)];
}
