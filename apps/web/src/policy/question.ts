/** A question about reachability as typed: `web -> db:5432`, `shop/web to 10.0.0.5 tcp 443`, `can cart reach payments 8443`. */
export interface Question {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number | undefined;
}

const ARROW = /^(?:can\s+)?(?<source>\S+)\s*(?:->|→|\s(?:to|reach(?:es)?)\s)\s*(?<rest>.+)$/i;
const PROTOCOL = /^(tcp|udp|icmp|icmpv6|sctp)$/i;

/** Undefined for a text that is no question, so that it stays a search. */
export function parseQuestion(text: string): Question | undefined {
  const match = ARROW.exec(text.trim().replace(/\?$/, ""));
  const source = match?.groups?.["source"];
  const rest = match?.groups?.["rest"];
  if (source === undefined || rest === undefined) return undefined;
  const words = rest
    .trim()
    .split(/[\s,]+/)
    .filter((word) => !/^(on|port)$/i.test(word));
  const [target = "", ...options] = words;
  const { destination, port: inline } = splitPort(target);
  if (destination === "") return undefined;
  let protocol = "TCP";
  let port = inline;
  for (const option of options) {
    const [name = "", number] = option.split("/");
    if (PROTOCOL.test(name)) protocol = name.toUpperCase();
    const digits = /^\d+$/.test(option) ? option : number;
    if (digits !== undefined && /^\d+$/.test(digits)) port = Number(digits);
    else if (!PROTOCOL.test(name)) return undefined;
  }
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { source, destination, protocol, port };
}

function splitPort(target: string): { readonly destination: string; readonly port: number | undefined } {
  // Two colons or more without brackets is an IPv6 address, not a port.
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d+)$/.exec(target);
  if (match?.groups === undefined) return { destination: target.replace(/^\[(.*)\]$/, "$1"), port: undefined };
  return { destination: match.groups["v6"] ?? match.groups["host"] ?? "", port: Number(match.groups["port"]) };
}
