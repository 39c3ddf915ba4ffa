/** `natOutgoing` → `Nat outgoing`, but `bgpLogLevel` keeps what the domain writes big. */
export function inWords(field: string): string {
  const words = field
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ");
  const named: Readonly<Record<string, string>> = {
    cidr: "CIDR",
    nat: "NAT",
    bgp: "BGP",
    ipip: "IPIP",
    vxlan: "VXLAN",
    as: "AS",
    ip: "IP",
  };
  return words
    .map(
      (word, index) =>
        named[word.toLowerCase()] ??
        (index === 0
          ? word.charAt(0).toUpperCase() + word.slice(1)
          : /^[A-Z]{2,}$/.test(word)
            ? word
            : word.toLowerCase()),
    )
    .join(" ");
}
