import { existsSync } from "node:fs";
import { isKernelError, NUD_PERMANENT, openRtnetlink, RT_SCOPE_LINK, writeSysctl } from "@percale/kernel";
import type { Rtnetlink } from "@percale/kernel";
import { CniCode, CniError } from "./request.ts";

/** Every host side has it, so that a workload's neighbour entry survives a move to another node. */
export const HOST_MAC = "ee:ee:ee:ee:ee:ee";
const GATEWAY4 = "169.254.1.1";
/** Link-local address of HOST_MAC. */
const GATEWAY6 = "fe80::ecee:eeff:feee:eeee";

export interface Wiring {
  readonly netns: string;
  readonly ifName: string;
  readonly hostInterface: string;
  readonly mac: string;
  /** 0: the kernel's default. */
  readonly mtuBytes: number;
  readonly addresses: readonly string[];
  readonly allowIpForwarding: boolean;
}

/** Makes the veth pair, its addresses and routes. Undoes itself on failure. Throws CniError. */
export async function wire(host: Rtnetlink, wiring: Wiring): Promise<void> {
  const { netns, hostInterface, ifName } = wiring;
  if (!existsSync(netns)) throw new CniError(CniCode.netns, "the container's network namespace does not exist", netns);
  const inside = openInside(netns);
  try {
    const old = await inside.link(ifName);
    const isOurs =
      old !== undefined && old.peerIndex !== undefined && (await host.link(old.peerIndex))?.name === hostInterface;
    if (old !== undefined && !isOurs)
      throw new CniError(CniCode.wiring, `${ifName} exists in the container and is not ours`, netns);
    await deleteIfThere(host, hostInterface);
    try {
      await createPair(host, wiring);
      setHostSysctls(host, wiring); // before the link comes up: addresses and discovery depend on them
      await wireContainer(host, inside, wiring);
    } catch (error) {
      await deleteIfThere(host, hostInterface);
      throw error instanceof CniError
        ? error
        : new CniError(CniCode.wiring, `cannot attach ${hostInterface}`, String(error));
    }
  } finally {
    inside.close();
  }
}

/** Deletes the interface inside the container and with it the pair. Nothing there is fine. */
export async function unwire(
  host: Rtnetlink,
  { netns, ifName, hostInterface }: Pick<Wiring, "netns" | "ifName" | "hostInterface">,
  isOurs: boolean,
): Promise<void> {
  if (netns !== "" && existsSync(netns)) {
    const inside = openInside(netns);
    try {
      await deleteIfThere(inside, ifName);
    } finally {
      inside.close();
    }
  }
  if (isOurs) await deleteIfThere(host, hostInterface);
}

/** What is missing or wrong of a wiring, or undefined. */
export async function wiringFault(
  host: Rtnetlink,
  { netns, ifName, hostInterface, addresses }: Pick<Wiring, "netns" | "ifName" | "hostInterface" | "addresses">,
): Promise<string | undefined> {
  if (!existsSync(netns)) return `the namespace ${netns} does not exist`;
  const outside = await host.link(hostInterface);
  if (outside === undefined) return `the host interface ${hostInterface} is missing`;
  if (!outside.up) return `the host interface ${hostInterface} is down`;
  const hostRoutes = await host.routes({ table: 254 });
  const inside = openInside(netns);
  try {
    const link = await inside.link(ifName);
    if (link === undefined) return `${ifName} is missing in the container`;
    if (!link.up) return `${ifName} is down in the container`;
    const own = (await inside.addresses()).filter(({ ifIndex }) => ifIndex === link.index);
    const present = new Set(own.map(({ address }) => address));
    const routes = await inside.routes({ table: 254 });
    for (const address of addresses) {
      const isV6 = address.includes(":");
      const cidr = `${address}/${isV6 ? 128 : 32}`;
      if (!present.has(cidr)) return `${ifName} lacks the address ${cidr}`;
      if (
        !routes.some(
          ({ dst, gateway }) => dst === (isV6 ? "::/0" : "0.0.0.0/0") && gateway === (isV6 ? GATEWAY6 : GATEWAY4),
        )
      )
        return `the container lacks its default route for ${isV6 ? "IPv6" : "IPv4"}`;
      if (!hostRoutes.some(({ dst, ifIndex }) => dst === cidr && ifIndex === outside.index))
        return `the node has no route to ${cidr} through ${hostInterface}`;
    }
    return undefined;
  } finally {
    inside.close();
  }
}

function openInside(netns: string): Rtnetlink {
  try {
    return openRtnetlink({ netns });
  } catch (error) {
    throw new CniError(CniCode.netns, "cannot enter the container's network namespace", String(error));
  }
}

async function createPair(host: Rtnetlink, { netns, ifName, hostInterface, mac, mtuBytes }: Wiring): Promise<void> {
  await host.addVeth({
    name: hostInterface,
    peerName: ifName,
    peerNetns: netns,
    mac: HOST_MAC,
    peerMac: mac,
    ...(mtuBytes > 0 && { mtu: mtuBytes }),
  });
}

async function wireContainer(host: Rtnetlink, inside: Rtnetlink, wiring: Wiring): Promise<void> {
  const { netns, ifName, hostInterface, addresses, allowIpForwarding } = wiring;
  const hasV4 = addresses.some((address) => !address.includes(":"));
  const hasV6 = addresses.some((address) => address.includes(":"));
  if (hasV6) {
    for (const scope of ["all", "default", "lo", ifName])
      writeSysctl(`net/ipv6/conf/${scope}/disable_ipv6`, 0, { netns });
    writeSysctl(`net/ipv6/conf/${ifName}/accept_dad`, 0, { netns });
  }
  await inside.setLink("lo", { up: true });
  await inside.setLink(ifName, { up: true });
  await host.setLink(hostInterface, { up: true });
  const index = (await inside.link(ifName))?.index;
  if (index === undefined) throw new CniError(CniCode.wiring, `${ifName} vanished while it was being set up`, netns);
  const gateways = [
    ...(hasV4 ? [[GATEWAY4, "0.0.0.0/0", 32] as const] : []),
    ...(hasV6 ? [[GATEWAY6, "::/0", 128] as const] : []),
  ];
  for (const [gateway, everything, bits] of gateways) {
    await inside.replaceRoute({ dst: `${gateway}/${bits}`, ifIndex: index, scope: RT_SCOPE_LINK });
    // Permanent, because proxy ARP answers only on nodes that have a default route of their own.
    await inside.replaceNeighbour({ ifIndex: index, address: gateway, mac: HOST_MAC, state: NUD_PERMANENT, flags: 0 });
    await inside.replaceRoute({ dst: everything, gateway, ifIndex: index });
  }
  for (const address of addresses) await inside.addAddress(index, `${address}/${address.includes(":") ? 128 : 32}`);
  const forwarding = allowIpForwarding ? 1 : 0;
  if (hasV4) writeSysctl("net/ipv4/ip_forward", forwarding, { netns });
  if (hasV6) writeSysctl("net/ipv6/conf/all/forwarding", forwarding, { netns });
}

function setHostSysctls(host: Rtnetlink, { hostInterface, addresses }: Wiring): void {
  const netns = host.netns === undefined ? {} : { netns: host.netns };
  const set = (path: string, value: number): void => writeSysctl(path, value, netns);
  const tolerant = (path: string, value: number): void => {
    try {
      set(path, value);
    } catch {
      // Absent on kernels without that protocol; nothing depends on it.
    }
  };
  tolerant(`net/ipv6/conf/${hostInterface}/accept_ra`, 0);
  if (addresses.some((address) => !address.includes(":"))) {
    set(`net/ipv4/conf/${hostInterface}/route_localnet`, 1);
    tolerant(`net/ipv4/neigh/${hostInterface}/proxy_delay`, 0);
    set(`net/ipv4/conf/${hostInterface}/proxy_arp`, 1);
    set(`net/ipv4/conf/${hostInterface}/forwarding`, 1);
  }
  if (addresses.some((address) => address.includes(":"))) {
    tolerant(`net/ipv6/conf/${hostInterface}/accept_dad`, 0);
    set(`net/ipv6/conf/${hostInterface}/disable_ipv6`, 0);
    set(`net/ipv6/conf/${hostInterface}/proxy_ndp`, 1);
    set(`net/ipv6/conf/${hostInterface}/forwarding`, 1);
  }
}

async function deleteIfThere(netlink: Rtnetlink, name: string): Promise<void> {
  try {
    await netlink.deleteLink(name);
  } catch (error) {
    if (!isKernelError(error, "ENODEV")) throw error;
  }
}
