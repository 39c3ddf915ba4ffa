import { isAbbreviation, splitWords } from "./traits.ts";

/** Words that the domain writes big, however a field writes them. */
const NAMED: Readonly<Record<string, string>> = {
  cidr: "CIDR",
  nat: "NAT",
  bgp: "BGP",
  ipip: "IPIP",
  vxlan: "VXLAN",
  as: "AS",
  ip: "IP",
};

/** What a form calls a field: the title that its schema gives (`.meta({ title })`), else its name in words, `natOutgoing` → `NAT outgoing`. */
export function titleOf(field: string, schema: { readonly title?: unknown } = {}): string {
  return typeof schema.title === "string" ? schema.title : splitWords(field).map(titleWord).join(" ");
}

function titleWord(word: string, index: number): string {
  const named = NAMED[word.toLowerCase()];
  if (named !== undefined) return named;
  if (index === 0) return word.charAt(0).toUpperCase() + word.slice(1);
  return isAbbreviation(word) ? word : word.toLowerCase();
}
