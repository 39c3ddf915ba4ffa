/** A protocol as stored: one of Calico's names, or an IP protocol number 1-255. */
export type Protocol = number | string;

const NUMBER_BY_NAME = { ICMP: 1, TCP: 6, UDP: 17, ICMPv6: 58, SCTP: 132, UDPLite: 136 } as const;

export type ProtocolName = keyof typeof NUMBER_BY_NAME;

export const PROTOCOL_NAMES = Object.keys(NUMBER_BY_NAME) as readonly ProtocolName[]; // keys of the literal above

/** The IP protocol number; undefined for a name we don't know. */
export function protocolNumber(protocol: Protocol): number | undefined {
  if (typeof protocol === "number") return protocol;
  return Object.hasOwn(NUMBER_BY_NAME, protocol) ? NUMBER_BY_NAME[protocol as ProtocolName] : undefined;
}

/** The name people know a number by, or the number as text. */
export function protocolName(number: number): string {
  return PROTOCOL_NAMES.find((name) => NUMBER_BY_NAME[name] === number) ?? String(number);
}

/** True for the protocols whose rules may name ports: TCP, UDP, SCTP. */
export function hasPorts(protocol: Protocol): boolean {
  const number = protocolNumber(protocol);
  return number === 6 || number === 17 || number === 132;
}
