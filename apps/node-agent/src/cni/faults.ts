import { NUD_PERMANENT, RT_TABLE_MAIN, RTPROT_BIRD } from "@percale/kernel";
import type { Link, Rtnetlink } from "@percale/kernel";
import type { Attachment } from "./attachments.ts";
import { linkMark } from "./identity.ts";
import { identityOf } from "./own-links.ts";
import { hostSysctls, sysctlFault } from "./sysctls.ts";
import { cidrOf, familiesOf, HOST_MAC, openInside, wrongNeighbours } from "./wiring.ts";

type Known = Omit<Attachment, "handle" | "network" | "endpoint" | "namespace" | "pod">;

/** All that is missing or wrong of what ADD promised, each in words; empty if nothing is. */
export async function attachmentFaults(host: Rtnetlink, known: Known): Promise<string[]> {
  return [...(await hostFaults(host, known)), ...(await containerFaults(known))];
}

/** What is wrong on the node's side. */
export async function hostFaults(host: Rtnetlink, known: Known): Promise<string[]> {
  const { hostInterface, mtuBytes } = known;
  const link = await host.link(hostInterface);
  if (link === undefined) return [`the host interface ${hostInterface} is missing`];
  if (link.alias !== linkMark(known)) return [`the host interface ${hostInterface} is not this container's`];
  return [
    ...(link.up ? [] : [`the host interface ${hostInterface} is down`]),
    ...(link.mac === HOST_MAC
      ? []
      : [`the host interface ${hostInterface} has the MAC ${link.mac} and not ${HOST_MAC}`]),
    ...(mtuBytes === 0 || link.mtu === mtuBytes
      ? []
      : [`the host interface ${hostInterface} has the MTU ${link.mtu} and not ${mtuBytes}`]),
    ...(link.master === undefined ? [] : [`the host interface ${hostInterface} is a port of another interface`]),
    ...hostSysctls(known).flatMap((sysctl) => sysctlFault(sysctl, host.netns) ?? []),
    ...(await deliveryFaults(host, known, link)),
  ];
}

/** Where the node's packets to the container's addresses go otherwise. What BIRD learned is another node's affair. */
async function deliveryFaults(
  host: Rtnetlink,
  { addresses, mac, hostInterface }: Known,
  link: Link,
): Promise<string[]> {
  const routes = (await host.routes({ table: RT_TABLE_MAIN })).filter(({ protocol }) => protocol !== RTPROT_BIRD);
  const wrong = await wrongNeighbours(host, addresses, { ifIndex: link.index, mac });
  return addresses.flatMap((address) => {
    const [first] = routes.filter(({ dst }) => dst === cidrOf(address)).sort((a, b) => a.metric - b.metric);
    const other = wrong.find((neighbour) => neighbour.address === address);
    return [
      ...(first?.type === "unicast" && first.ifIndex === link.index
        ? []
        : [`the node has no route to ${address} through ${hostInterface}, or another before it`]),
      ...(other === undefined ? [] : [`the node takes ${other.mac} for the MAC of ${address}, which is ${mac}`]),
    ];
  });
}

/** What is wrong inside the container. What plugins after this one may change (its MAC, a smaller MTU, forwarding) is theirs. */
export async function containerFaults(known: Known): Promise<string[]> {
  const { netns, netnsId, ifName, mtuBytes, addresses, routeTable: table } = known;
  const current = identityOf(netns);
  if (current === undefined) return [`the namespace ${netns} does not exist`];
  if (current !== netnsId) return [`${netns} is another namespace by now`];
  const inside = openInside(netns);
  try {
    const link = await inside.link(ifName);
    if (link === undefined) return [`${ifName} is missing in the container`];
    if (link.alias !== linkMark(known)) return [`${ifName} in the container is not ours`];
    const mine = <T extends { readonly ifIndex?: number }>(all: readonly T[]): T[] =>
      all.filter(({ ifIndex }) => ifIndex === link.index);
    const present = new Set(mine(await inside.addresses()).map(({ address }) => address));
    const routes = mine(await inside.routes({ table }));
    const neighbours = mine(await inside.neighbours());
    const rules = await inside.sourceRules();
    const isRuled = (source: string): boolean =>
      table === RT_TABLE_MAIN || rules.some((rule) => rule.source === source && rule.table === table);
    return [
      ...(link.up ? [] : [`${ifName} is down in the container`]),
      ...(mtuBytes === 0 || link.mtu <= mtuBytes
        ? []
        : [`${ifName} has the MTU ${link.mtu}: more than the ${mtuBytes} that the node takes`]),
      ...addresses
        .map(cidrOf)
        .filter((cidr) => !present.has(cidr))
        .map((cidr) => `${ifName} lacks the address ${cidr}`),
      ...addresses
        .filter((address) => !isRuled(address))
        .map((address) => `the container lacks its rule for ${address}`),
      ...familiesOf(addresses).flatMap(({ bits, gateway, everything }) => [
        ...(routes.some(({ dst, gateway: via }) => dst === `${gateway}/${bits}` && via === undefined)
          ? []
          : [`the container lacks its route to the gateway ${gateway}`]),
        ...(routes.some((route) => route.dst === everything && route.gateway === gateway)
          ? []
          : [`the container lacks its default route through ${gateway}`]),
        ...(neighbours.some(
          ({ address, mac, state }) => address === gateway && mac === HOST_MAC && (state & NUD_PERMANENT) !== 0,
        )
          ? []
          : [`the container's neighbour entry of the gateway ${gateway} is missing or wrong`]),
      ]),
    ];
  } finally {
    inside.close();
  }
}
