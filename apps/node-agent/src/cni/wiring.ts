import { isKernelError, openRtnetlink, RT_TABLE_MAIN, writeSysctl } from "@percale/kernel";
import type { Link, Route, Rtnetlink } from "@percale/kernel";
import { workloadRoutes } from "@percale/dataplane";
import { DEFAULT_CONFIG } from "@percale/policy";
import { CniCode } from "@percale/protocol";
import { cidrOf, HOST_MAC, planContainer, sysctlsBeforeUp } from "./container-plan.ts";
import { CniError } from "./errors.ts";
import { linkMark } from "./identity.ts";
import { routesOfOthers, wrongNeighbours } from "./judgement.ts";
import { deleteLinkIfThere, identityOf } from "./own-links.ts";
import { applySysctl, hostSysctls } from "./sysctls.ts";

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
export async function makeRoom(id: Pick<Wiring, "netns" | "containerID" | "ifName">): Promise<void> {
  const inside = openInside(id.netns);
  try {
    const old = await inside.link(id.ifName);
    if (old === undefined) return;
    if (old.alias !== linkMark(id))
      throw new CniError(CniCode.taken, `${id.ifName} exists in the container and is not ours`, id.netns);
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
  for (const route of routesOfOthers(await mainRoutes(host), addresses, link.index))
    await host.deleteRoute(route).catch((error: unknown) => {
      if (!isKernelError(error, "ESRCH")) throw error;
    });
  await routeFromHost(host, addresses, link.index);
  for (const wrong of wrongNeighbours(await host.neighbours(), addresses, { ifIndex: link.index, mac }))
    await host.replaceNeighbour({ ...wrong, mac });
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
  const { netns, ifName, hostInterface } = wiring;
  for (const { path, value } of sysctlsBeforeUp(wiring)) writeSysctl(path, value, { netns });
  await inside.setLink("lo", { up: true });
  await inside.setLink(ifName, { up: true });
  await host.setLink(hostInterface, { up: true });
  const ifIndex = await indexOf(inside, ifName);
  if (ifIndex === undefined) throw new CniError(CniCode.wiring, `${ifName} vanished while it was being set up`, netns);
  const plan = planContainer(wiring, { ifIndex, mainRoutes: await mainRoutes(inside) });
  for (const route of plan.routes) await inside.replaceRoute(route);
  for (const neighbour of plan.neighbours) await inside.replaceNeighbour(neighbour);
  for (const cidr of plan.cidrs) await inside.addAddress(ifIndex, cidr);
  for (const rule of plan.rules) await inside.addSourceRule(rule);
  for (const { path, value } of plan.sysctls) writeSysctl(path, value, { netns });
  return plan.table;
}

/** An address that is routed to somebody else stays his. */
async function claimRoutes(host: Rtnetlink, addresses: readonly string[], ifIndex: number): Promise<void> {
  const [theirs] = routesOfOthers(await mainRoutes(host), addresses, ifIndex);
  if (theirs !== undefined) {
    const holder = await host.link(theirs.ifIndex ?? 0);
    throw new CniError(CniCode.taken, `${theirs.dst} is routed to another interface`, holder?.name);
  }
  await routeFromHost(host, addresses, ifIndex);
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

function mainRoutes(netlink: Rtnetlink): Promise<Route[]> {
  return netlink.routes({ table: RT_TABLE_MAIN });
}
