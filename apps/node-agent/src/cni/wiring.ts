import {
  isKernelError,
  NUD_PERMANENT,
  openRtnetlink,
  RT_SCOPE_LINK,
  RT_TABLE_MAIN,
  RTPROT_BIRD,
  writeSysctl,
} from "@percale/kernel";
import type { Link, Neighbour, Route, Rtnetlink } from "@percale/kernel";
import { workloadRoutes } from "@percale/dataplane";
import { DEFAULT_CONFIG } from "@percale/policy";
import { CniCode } from "@percale/protocol";
import { CniError } from "./errors.ts";
import { linkMark } from "./identity.ts";
import { deleteLinkIfThere, identityOf } from "./own-links.ts";
import { applySysctl, hostSysctls } from "./sysctls.ts";

/** Every host side has it, so that a workload's neighbour entry survives a move to another node. */
export const HOST_MAC = "ee:ee:ee:ee:ee:ee";
/** The first table of further interfaces, one for each by its index. */
const FIRST_TABLE = 100_000;

/** One family as a workload sees it. `gateway6` is the link-local address of HOST_MAC. */
export const FAMILIES = [
  { bits: 32, gateway: "169.254.1.1", everything: "0.0.0.0/0" },
  { bits: 128, gateway: "fe80::ecee:eeff:feee:eeee", everything: "::/0" },
] as const;

export interface Wiring {
  readonly containerID: string;
  readonly netns: string;
  readonly ifName: string;
  readonly hostInterface: string;
  readonly mac: string;
  /** 0: the kernel's default. */
  readonly mtuBytes: number;
  readonly addresses: readonly string[];
  readonly allowIpForwarding: boolean;
  /** Where the interface's routes are: the main table, or one of its own when another interface of the container has the default route. */
  readonly routeTable: number;
}

export function familiesOf(addresses: readonly string[]): readonly (typeof FAMILIES)[number][] {
  return FAMILIES.filter(({ bits }) => addresses.some((address) => bitsOf(address) === bits));
}

export function cidrOf(address: string): string {
  return `${address}/${bitsOf(address)}`;
}

/** Enters the container's namespace; throws code 8 where that is none. Close it. */
export function openInside(netns: string): Rtnetlink {
  if (identityOf(netns) === undefined)
    throw new CniError(CniCode.netns, "the container's network namespace does not exist", netns);
  try {
    return openRtnetlink({ netns });
  } catch (error) {
    throw new CniError(CniCode.netns, "cannot enter the container's network namespace", String(error));
  }
}

/** Code 104 if the container has an interface of that name that we did not make; ours from an earlier try is deleted. */
export async function makeRoom(netns: string, id: Pick<Wiring, "containerID" | "ifName">): Promise<void> {
  const inside = openInside(netns);
  try {
    const old = await inside.link(id.ifName);
    if (old === undefined) return;
    if (old.alias !== linkMark(id))
      throw new CniError(CniCode.taken, `${id.ifName} exists in the container and is not ours`, netns);
    await deleteLinkIfThere(inside, old.index);
  } finally {
    inside.close();
  }
}

/** Makes the veth pair in place of `replaces`, its addresses and routes. Undoes itself on failure. `index` is that of the end on the node. */
export async function wire(
  host: Rtnetlink,
  wiring: Omit<Wiring, "routeTable">,
  replaces: Link | undefined,
): Promise<{ readonly index: number; readonly routeTable: number }> {
  const { netns, hostInterface } = wiring;
  const inside = openInside(netns);
  try {
    if (replaces !== undefined) await deleteLinkIfThere(host, replaces.index);
    const index = await createPair(host, inside, wiring);
    try {
      for (const sysctl of hostSysctls(wiring)) applySysctl(sysctl, host.netns); // before the link comes up: discovery depends on them
      const routeTable = await wireContainer(host, inside, wiring);
      await claimRoutes(host, wiring.addresses, index);
      return { index, routeTable };
    } catch (error) {
      await deleteLinkIfThere(host, index);
      throw error;
    }
  } catch (error) {
    if (isKernelError(error, "EEXIST"))
      throw new CniError(CniCode.taken, `${hostInterface} or ${wiring.ifName} exists by now`, String(error));
    throw error;
  } finally {
    inside.close();
  }
}

/** The node's side as ADD made it, where the link is still ours. */
export async function restoreHost(host: Rtnetlink, wiring: Omit<Wiring, "routeTable">): Promise<void> {
  const { hostInterface, mtuBytes, addresses, mac } = wiring;
  const link = await host.link(hostInterface);
  if (link?.alias !== linkMark(wiring)) return;
  const isPort = link.master !== undefined;
  await host.setLink(link.index, {
    up: true,
    mac: HOST_MAC,
    ...(mtuBytes > 0 && { mtu: mtuBytes }),
    ...(isPort && { master: null }),
  });
  for (const sysctl of hostSysctls(wiring)) applySysctl(sysctl, host.netns);
  // The addresses are ours since ADD found nobody else's route.
  for (const route of await othersRoutes(host, addresses, link.index))
    await host.deleteRoute(route).catch((error: unknown) => {
      if (!isKernelError(error, "ESRCH")) throw error;
    });
  await routeFromHost(host, addresses, link.index);
  for (const wrong of await wrongNeighbours(host, addresses, { ifIndex: link.index, mac }))
    await host.replaceNeighbour({ ...wrong, mac });
}

/** Entries that somebody wrote for good with another MAC; what the kernel finds out by itself, it also corrects. */
export async function wrongNeighbours(
  host: Rtnetlink,
  addresses: readonly string[],
  right: { readonly ifIndex: number; readonly mac: string },
): Promise<Neighbour[]> {
  return (await host.neighbours()).filter(
    ({ address, ifIndex, mac, state }) =>
      ifIndex === right.ifIndex && addresses.includes(address) && mac !== right.mac && (state & NUD_PERMANENT) !== 0,
  );
}

/** Takes back what the interface left in the container beside itself. The namespace may be gone, or another by now. */
export async function unruleContainer(
  wiring: Pick<Wiring, "netns" | "addresses" | "routeTable"> & { readonly netnsId: string },
): Promise<void> {
  const { netns, netnsId, routeTable, addresses } = wiring;
  if (routeTable === RT_TABLE_MAIN || identityOf(netns) !== netnsId) return;
  const inside = openInside(netns);
  try {
    for (const source of addresses)
      await inside.deleteSourceRule({ source, table: routeTable }).catch((error: unknown) => {
        if (!isKernelError(error, "ENOENT")) throw error;
      });
  } finally {
    inside.close();
  }
}

function bitsOf(address: string): 32 | 128 {
  return address.includes(":") ? 128 : 32;
}

/** The index of the end on the node; both ends say whose they are. */
async function createPair(host: Rtnetlink, inside: Rtnetlink, wiring: Omit<Wiring, "routeTable">): Promise<number> {
  const { netns, ifName, hostInterface, mac, mtuBytes } = wiring;
  await host.addVeth({
    name: hostInterface,
    peerName: ifName,
    peerNetns: netns,
    mac: HOST_MAC,
    peerMac: mac,
    ...(mtuBytes > 0 && { mtu: mtuBytes }),
  });
  await host.setLink(hostInterface, { alias: linkMark(wiring) });
  await inside.setLink(ifName, { alias: linkMark(wiring) });
  return (await indexOf(host, hostInterface))!;
}

async function wireContainer(host: Rtnetlink, inside: Rtnetlink, wiring: Omit<Wiring, "routeTable">): Promise<number> {
  const { netns, ifName, hostInterface, addresses, allowIpForwarding } = wiring;
  const families = familiesOf(addresses);
  const [hasV4, hasV6] = FAMILIES.map((family) => families.includes(family));
  if (hasV6) {
    for (const scope of ["all", "default", "lo", ifName])
      writeSysctl(`net/ipv6/conf/${scope}/disable_ipv6`, 0, { netns });
    writeSysctl(`net/ipv6/conf/${ifName}/accept_dad`, 0, { netns });
  }
  await inside.setLink("lo", { up: true });
  await inside.setLink(ifName, { up: true });
  await host.setLink(hostInterface, { up: true });
  const index = await indexOf(inside, ifName);
  if (index === undefined) throw new CniError(CniCode.wiring, `${ifName} vanished while it was being set up`, netns);
  const isFirst = !(await inside.routes({ table: RT_TABLE_MAIN })).some(
    ({ dst, type }) => type === "unicast" && dst.endsWith("/0"),
  );
  const table = isFirst ? RT_TABLE_MAIN : FIRST_TABLE + index;
  for (const { gateway, bits, everything } of families) {
    await inside.replaceRoute({ dst: `${gateway}/${bits}`, ifIndex: index, scope: RT_SCOPE_LINK, table });
    // Permanent, because proxy ARP answers only on nodes that have a default route of their own.
    await inside.replaceNeighbour({ ifIndex: index, address: gateway, mac: HOST_MAC, state: NUD_PERMANENT, flags: 0 });
    await inside.replaceRoute({ dst: everything, gateway, ifIndex: index, table });
  }
  for (const address of addresses) await inside.addAddress(index, cidrOf(address));
  if (!isFirst) {
    for (const source of addresses) await inside.addSourceRule({ source, table });
    return table; // what belongs to the whole container is its first interface's
  }
  const forwarding = allowIpForwarding ? 1 : 0;
  if (hasV4) writeSysctl("net/ipv4/ip_forward", forwarding, { netns });
  if (hasV6) writeSysctl("net/ipv6/conf/all/forwarding", forwarding, { netns });
  return table;
}

/** An address that is routed to somebody else stays his. */
async function claimRoutes(host: Rtnetlink, addresses: readonly string[], ifIndex: number): Promise<void> {
  const [theirs] = await othersRoutes(host, addresses, ifIndex);
  if (theirs !== undefined) {
    const holder = await host.link(theirs.ifIndex ?? 0);
    throw new CniError(CniCode.taken, `${theirs.dst} is routed to another interface`, holder?.name);
  }
  await routeFromHost(host, addresses, ifIndex);
}

/** Routes of these addresses that lead elsewhere. What BIRD learned is another node's affair. */
async function othersRoutes(host: Rtnetlink, addresses: readonly string[], ifIndex: number): Promise<Route[]> {
  const wanted = new Set(addresses.map(cidrOf));
  return (await host.routes({ table: RT_TABLE_MAIN })).filter(
    (route) => wanted.has(route.dst) && route.ifIndex !== ifIndex && route.protocol !== RTPROT_BIRD,
  );
}

/** As the dataplane does, unless configured otherwise. */
async function routeFromHost(host: Rtnetlink, addresses: readonly string[], ifIndex: number): Promise<void> {
  const wanted = workloadRoutes({ addresses: addresses.map(cidrOf) }, ifIndex, {
    ...DEFAULT_CONFIG,
    ipv6Support: true,
  });
  for (const route of wanted) await host.replaceRoute(route);
}

async function indexOf(netlink: Rtnetlink, name: string): Promise<number | undefined> {
  return (await netlink.link(name))?.index;
}
