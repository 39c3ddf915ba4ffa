import { bitsOf, type Cidr, cidrSize, formatAddress, formatCidr, maskCidr, tryParseAddress } from "@percale/net";
import { netOf } from "./overlaps.ts";

/** One address or CIDR of a pasted text. */
export interface PastedNet {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly is: "new" | "known" | "twice" | "wrong";
  /** As it would be stored; of what is wrong why. */
  readonly says: string;
}

/**
 * What a pasted text adds to a set: words between spaces, commas, semicolons and line ends, `#` begins a comment. What a net of the set, or
 * of the text itself, holds already is left out, and so is what is none.
 */
export function readPaste(text: string, nets: readonly string[]): readonly PastedNet[] {
  const words = text.split("\n").flatMap((content, index) =>
    content
      .replace(/#.*/, "")
      .split(/[\s,;]+/)
      .filter((word) => word !== "")
      .map((word) => ({ line: index + 1, text: word, net: netOf(word) })),
  );
  const known = indexOf(nets);
  const pasted = indexOf(words.map(({ text: word }) => word));
  const seen = new Set<string>();
  return words.map(({ line, text: word, net }): PastedNet => {
    if (net === undefined) return { line, text: word, is: "wrong", says: faultOf(word) };
    const holder = holderOf(known, net, net.prefixLen);
    if (holder !== undefined) return { line, text: word, is: "known", says: holder };
    // Of equal ones the first counts, else the larger.
    const larger = holderOf(pasted, net, net.prefixLen - 1);
    const isRepeated = seen.has(formatCidr(net));
    seen.add(formatCidr(net));
    if (larger !== undefined || isRepeated) return { line, text: word, is: "twice", says: larger ?? word };
    const isAddress = net.prefixLen === bitsOf(net.family) && !word.includes("/");
    return { line, text: word, is: "new", says: isAddress ? formatAddress(net) : formatCidr(net) };
  });
}

/** How many addresses nets hold together, if they do not overlap. */
export function addressesIn(nets: readonly string[]): bigint {
  return nets.reduce((sum, text) => {
    const net = netOf(text);
    return net === undefined ? sum : sum + cidrSize(net);
  }, 0n);
}

/** Nets by what they are, with the text that says so. */
function indexOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const text of texts) {
    const net = netOf(text);
    if (net !== undefined && !index.has(formatCidr(net))) index.set(formatCidr(net), text);
  }
  return index;
}

/** The largest net of the index that holds this one and is no longer than that: as many looks as a prefix may have bits, however many nets there are. */
function holderOf(index: ReadonlyMap<string, string>, net: Cidr, maxLen: number): string | undefined {
  for (let prefixLen = 0; prefixLen <= maxLen; prefixLen++) {
    const text = index.get(formatCidr(maskCidr({ ...net, prefixLen })));
    if (text !== undefined) return text;
  }
  return undefined;
}

function faultOf(word: string): string {
  const [address = "", length, ...rest] = word.split("/");
  if (rest.length === 0 && /^\d+(\.\d+){3}$/.test(address)) {
    const octets = address.split(".").map(Number);
    const wrong = octets.findIndex((octet) => octet > 255);
    if (wrong >= 0) return `octet ${wrong + 1} must be 0 to 255, got ${octets[wrong]}`;
  }
  const parsed = tryParseAddress(address);
  if (parsed !== undefined && length !== undefined && rest.length === 0)
    return `the prefix length must be 0 to ${bitsOf(parsed.family)}, got ${length === "" ? "none" : length}`;
  return "must be an IP address, or a CIDR such as 192.0.2.0/24";
}
