/** What rtnetlink speaks of, as plain data. Addresses and CIDRs are canonical text, MACs lower-case with colons. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** `veth`, `bridge`, …; absent for real devices and loopback. */
  readonly kind?: string;
  readonly mac: string;
  readonly mtu: number;
  /** Administratively up. */
  readonly up: boolean;
  /** Able to pass packets (IFF_RUNNING). */
  readonly running: boolean;
  readonly loopback: boolean;
  readonly group: number;
  readonly alias?: string;
  /** Index of the bridge it is a port of. */
  readonly master?: number;
  /** Index of a veth's other end, in that end's namespace. */
  readonly peerIndex?: number;
}

export interface InterfaceAddress {
  readonly ifIndex: number;
  /** With the prefix length of its subnet: `192.0.2.1/24`. */
  readonly address: string;
  readonly scope: number;
  readonly label?: string;
}

export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "anycast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw";

export interface Route {
  readonly type: RouteType;
  /** Canonical CIDR; `0.0.0.0/0` and `::/0` are the default route. */
  readonly dst: string;
  readonly table: number;
  readonly protocol: number;
  /** 0 universe, 253 link, 254 host. */
  readonly scope: number;
  readonly metric: number;
  readonly ifIndex?: number;
  readonly gateway?: string;
  readonly src?: string;
  readonly mtu?: number;
  readonly onlink?: boolean;
}

/** A route to write: main table, boot protocol, metric 0, scope as fits unless given. */
export type RouteSpec = Pick<Route, "dst"> & Partial<Omit<Route, "dst">>;

export interface Neighbour {
  readonly ifIndex: number;
  readonly address: string;
  readonly mac?: string;
  readonly state: number;
  readonly flags: number;
}

/** What one source address sends goes by that table. */
export interface SourceRule {
  readonly source: string;
  readonly table: number;
}

export const NUD_PERMANENT = 0x80;

export const RT_TABLE_MAIN = 254;
export const RTPROT_KERNEL = 2;
export const RTPROT_BOOT = 3;
export const RTPROT_BIRD = 12;
export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_LINK = 253;

/** A link by its name or index. */
export type LinkRef = string | number;

export interface VethSpec {
  readonly name: string;
  readonly peerName: string;
  /** Name or path; the peer is born there. */
  readonly peerNetns?: string;
  readonly mac?: string;
  readonly peerMac?: string;
  readonly mtu?: number;
  readonly group?: number;
  /** Both ends set up. */
  readonly up?: boolean;
}

export interface LinkChange {
  readonly up?: boolean;
  readonly name?: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly group?: number;
  readonly alias?: string;
  /** The bridge to join; null leaves it. */
  readonly master?: LinkRef | null;
  /** Moves the link to that namespace. */
  readonly netns?: string;
}

export type RtnetlinkEvent =
  | { readonly t: "link"; readonly link: Link }
  | { readonly t: "linkRemoved"; readonly link: Link }
  | { readonly t: "address"; readonly address: InterfaceAddress }
  | { readonly t: "addressRemoved"; readonly address: InterfaceAddress }
  | { readonly t: "route"; readonly route: Route }
  | { readonly t: "routeRemoved"; readonly route: Route }
  | { readonly t: "neighbour"; readonly neighbour: Neighbour }
  | { readonly t: "neighbourRemoved"; readonly neighbour: Neighbour }
  /** A sysctl of an interface changed (forwarding, rp_filter, proxy_arp, proxy_ndp); without an index: one of the namespace. */
  | { readonly t: "settings"; readonly ifIndex: number | undefined }
  /** The kernel dropped notifications: list everything again. */
  | { readonly t: "lost" };
