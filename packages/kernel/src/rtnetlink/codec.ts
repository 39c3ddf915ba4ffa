import { addressBytes, addressFromBytes, formatAddress, maskCidr, parseAddress, parseCidr } from "@percale/net";
import { attributes, mac, text } from "../netlink/reader.ts";
import type { Message, Span } from "../netlink/reader.ts";
import type { MessageWriter } from "../netlink/writer.ts";
import { RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, RT_TABLE_MAIN, RTPROT_BOOT } from "./model.ts";
import type { InterfaceAddress, Link, Neighbour, Route, RouteSpec, RouteType, SourceRule } from "./model.ts";

/** Numbers of linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h and linux/neighbour.h. */
export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  SETLINK: 19,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  DELROUTE: 25,
  GETROUTE: 26,
  NEWNEIGH: 28,
  DELNEIGH: 29,
  GETNEIGH: 30,
  NEWRULE: 32,
  DELRULE: 33,
  GETRULE: 34,
  NEWNETCONF: 80,
} as const;

export const IFF_UP = 1;
const IFF_LOOPBACK = 8;
const IFF_RUNNING = 0x40;
const RTNH_F_ONLINK = 4;
const FR_ACT_TO_TBL = 1;
/** Before the main table's rule. With a number of its own a rule is there once: the kernel would give each repeat another. */
const SOURCE_RULE_PRIORITY = 1000;

const ROUTE_TYPES: readonly (RouteType | undefined)[] = [
  undefined,
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
];

export function familyNumber(address: string): 2 | 10 {
  return address.includes(":") ? 10 : 2;
}

export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(":"), (part) => Number.parseInt(part, 16));
}

export function parseLink({ buffer, start, end }: Message): Link | undefined {
  const flags = buffer.readUInt32LE(start + 8);
  const a = attributes(buffer, start + 16, end);
  const name = a.get(3);
  if (name === undefined) return undefined;
  const info = a.get(18);
  const kind = info === undefined ? undefined : attributes(buffer, info.start, info.end).get(1);
  const [hardware, mtu, group, alias, master, peer] = [a.get(1), a.get(4), a.get(27), a.get(20), a.get(10), a.get(5)];
  return {
    index: buffer.readInt32LE(start + 4),
    name: text(buffer, name),
    mac: hardware === undefined ? "" : mac(buffer, hardware),
    mtu: mtu === undefined ? 0 : buffer.readUInt32LE(mtu.start),
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    group: group === undefined ? 0 : buffer.readUInt32LE(group.start),
    ...(kind && { kind: text(buffer, kind) }),
    ...(alias && { alias: text(buffer, alias) }),
    ...(master && { master: buffer.readUInt32LE(master.start) }),
    ...(peer && { peerIndex: buffer.readUInt32LE(peer.start) }),
  };
}

export function parseInterfaceAddress({ buffer, start, end }: Message): InterfaceAddress | undefined {
  const a = attributes(buffer, start + 8, end);
  const own = a.get(2) ?? a.get(1); // IFA_LOCAL; IFA_ADDRESS is the peer's on point-to-point links
  if (own === undefined) return undefined;
  const label = a.get(3);
  return {
    ifIndex: buffer.readUInt32LE(start + 4),
    address: `${addressText(buffer, own)}/${buffer[start + 1]}`,
    scope: buffer[start + 3]!,
    ...(label && { label: text(buffer, label) }),
  };
}

export function parseRoute({ buffer, start, end }: Message): Route | undefined {
  const type = ROUTE_TYPES[buffer[start + 7]!];
  const family = buffer[start];
  if (type === undefined || (family !== 2 && family !== 10)) return undefined;
  const a = attributes(buffer, start + 12, end);
  const [dst, oif, gateway, metric, src, metrics, table] = [1, 4, 5, 6, 7, 8, 15].map((n) => a.get(n));
  const mtu = metrics && attributes(buffer, metrics.start, metrics.end).get(2);
  const any = family === 2 ? "0.0.0.0" : "::";
  return {
    type,
    dst: `${dst === undefined ? any : addressText(buffer, dst)}/${buffer[start + 1]}`,
    table: table === undefined ? buffer[start + 4]! : buffer.readUInt32LE(table.start),
    protocol: buffer[start + 5]!,
    scope: buffer[start + 6]!,
    metric: metric === undefined ? 0 : buffer.readUInt32LE(metric.start),
    ...(oif && { ifIndex: buffer.readUInt32LE(oif.start) }),
    ...(gateway && { gateway: addressText(buffer, gateway) }),
    ...(src && { src: addressText(buffer, src) }),
    ...(mtu && { mtu: buffer.readUInt32LE(mtu.start) }),
    ...((buffer.readUInt32LE(start + 8) & RTNH_F_ONLINK) !== 0 && { onlink: true }),
  };
}

export function parseNeighbour({ buffer, start, end }: Message): Neighbour | undefined {
  const family = buffer[start];
  const a = attributes(buffer, start + 12, end);
  const address = a.get(1);
  if (address === undefined || (family !== 2 && family !== 10)) return undefined;
  const hardware = a.get(2);
  return {
    ifIndex: buffer.readInt32LE(start + 4),
    address: addressText(buffer, address),
    state: buffer.readUInt16LE(start + 8),
    flags: buffer[start + 10]!,
    ...(hardware && { mac: mac(buffer, hardware) }),
  };
}

/** Only rules that choose a table by one source address and nothing else. */
export function parseSourceRule({ buffer, start, end }: Message): SourceRule | undefined {
  const [family, dstLen, srcLen] = [buffer[start]!, buffer[start + 1], buffer[start + 2]];
  const a = attributes(buffer, start + 12, end);
  const [source, table] = [a.get(2), a.get(15)];
  const isOne = srcLen === (family === 2 ? 32 : 128) && dstLen === 0;
  if (source === undefined || !isOne || buffer[start + 7] !== FR_ACT_TO_TBL) return undefined;
  return {
    source: addressText(buffer, source),
    table: table === undefined ? buffer[start + 4]! : buffer.readUInt32LE(table.start),
  };
}

/** Of which interface a setting under `conf` changed: undefined for `all` and `default`. */
export function parseSettings({ buffer, start, end }: Message): { readonly ifIndex: number | undefined } {
  const index = attributes(buffer, start + 4, end).get(1);
  const ifIndex = index === undefined ? -1 : buffer.readInt32LE(index.start);
  return { ifIndex: ifIndex < 0 ? undefined : ifIndex };
}

/** ifinfomsg */
export function writeLinkHeader(w: MessageWriter, index: number, flags = 0, change = 0): void {
  w.word(0);
  w.word(index);
  w.word(flags);
  w.word(change);
}

/** ifaddrmsg and the address itself. No duplicate detection: an address that we set works at once. */
export function writeAddress(w: MessageWriter, ifIndex: number, cidr: string, scope = 0): void {
  const { family, value, prefixLen } = parseCidr(cidr);
  const bytes = addressBytes({ family, value });
  const noDad = family === 6 ? 0x02 : 0;
  w.word((family === 4 ? 2 : 10) | (prefixLen << 8) | (noDad << 16) | (scope << 24));
  w.word(ifIndex);
  w.raw(2, bytes);
  w.raw(1, bytes);
}

/** rtmsg and its attributes. */
export function writeRoute(w: MessageWriter, route: RouteSpec): void {
  const dst = maskCidr(parseCidr(route.dst));
  const type = route.type ?? "unicast";
  const scope = route.scope ?? (route.gateway === undefined && type === "unicast" ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
  const table = route.table ?? RT_TABLE_MAIN;
  w.word((dst.family === 4 ? 2 : 10) | (dst.prefixLen << 8));
  w.word(
    (table < 256 ? table : 0) |
      ((route.protocol ?? RTPROT_BOOT) << 8) |
      (scope << 16) |
      (ROUTE_TYPES.indexOf(type) << 24),
  );
  w.word(route.onlink === true ? RTNH_F_ONLINK : 0);
  w.u32(15, table);
  w.raw(1, addressBytes(dst));
  if (route.ifIndex !== undefined) w.u32(4, route.ifIndex);
  if (route.gateway !== undefined) w.raw(5, addressBytes(parseAddress(route.gateway)));
  if (route.metric !== undefined) w.u32(6, route.metric);
  if (route.src !== undefined) w.raw(7, addressBytes(parseAddress(route.src)));
  if (route.mtu === undefined) return;
  const metrics = w.open(8);
  w.u32(2, route.mtu);
  w.close(metrics);
}

/** ndmsg and its attributes. */
export function writeNeighbour(w: MessageWriter, neighbour: Neighbour): void {
  w.word(familyNumber(neighbour.address));
  w.word(neighbour.ifIndex);
  w.word(neighbour.state | (neighbour.flags << 16));
  w.raw(1, addressBytes(parseAddress(neighbour.address)));
  if (neighbour.mac !== undefined) w.raw(2, macBytes(neighbour.mac));
}

/** fib_rule_hdr and its attributes. */
export function writeSourceRule(w: MessageWriter, { source, table }: SourceRule): void {
  const family = familyNumber(source);
  w.word(family | ((family === 2 ? 32 : 128) << 16));
  w.word(FR_ACT_TO_TBL << 24);
  w.word(0);
  w.u32(15, table);
  w.u32(6, SOURCE_RULE_PRIORITY);
  w.raw(2, addressBytes(parseAddress(source)));
}

function addressText(buffer: Buffer, { start, end }: Span): string {
  return formatAddress(addressFromBytes(buffer.subarray(start, end)));
}
