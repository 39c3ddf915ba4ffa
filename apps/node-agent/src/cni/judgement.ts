import { NUD_PERMANENT, RT_TABLE_MAIN, RTPROT_BIRD } from "@percale/kernel";
import type { InterfaceAddress, Link, Neighbour, Route, SourceRule } from "@percale/kernel";
import type { Attachment } from "./attachments.ts";
import { cidrOf, familiesOf, HOST_MAC } from "./container-plan.ts";
import { linkMark } from "./identity.ts";

/** What an attachment was made with. */
export type Known = Omit<Attachment, "handle" | "network" | "endpoint" | "namespace" | "pod">;

/** What was seen on the node. Of a link that is missing or another's nothing else matters. */
export interface HostSide {
  readonly link: Link | undefined;
  /** The main table's. */
  readonly routes?: readonly Route[];
  /** Neighbours of the addresses that say another MAC for good. */
  readonly wrong?: readonly Pick<Neighbour, "address" | "mac">[];
  /** What settings hold instead of their values, in words. */
  readonly sysctls?: readonly string[];
}

/** What was seen in the container; the routes of the attachment's table. */
export interface ContainerSide {
  readonly link: Link | undefined;
  readonly addresses: readonly Pick<InterfaceAddress, "ifIndex" | "address">[];
  readonly routes: readonly Route[];
  readonly neighbours: readonly Neighbour[];
  readonly rules: readonly SourceRule[];
}

/** What is wrong with the node's side, each fault in words. */
export function judgeHost(known: Known, { link, routes = [], wrong = [], sysctls = [] }: HostSide): string[] {
  const { hostInterface, mtuBytes, addresses, mac } = known;
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
    ...sysctls,
    ...addresses.flatMap((address) => {
      const other = wrong.find((neighbour) => neighbour.address === address);
      return [
        ...(leadsTo(address, link, routes)
          ? []
          : [`the node has no route to ${address} through ${hostInterface}, or another before it`]),
        ...(other === undefined ? [] : [`the node takes ${other.mac} for the MAC of ${address}, which is ${mac}`]),
      ];
    }),
  ];
}

/** Routes of these addresses that lead elsewhere. What BIRD learned is another node's affair. */
export function routesOfOthers(routes: readonly Route[], addresses: readonly string[], ifIndex: number): Route[] {
  const wanted = new Set(addresses.map(cidrOf));
  return routes.filter((route) => wanted.has(route.dst) && route.ifIndex !== ifIndex && route.protocol !== RTPROT_BIRD);
}

/** Entries that somebody wrote for good with another MAC; what the kernel finds out by itself, it also corrects. */
export function wrongNeighbours(
  neighbours: readonly Neighbour[],
  addresses: readonly string[],
  right: { readonly ifIndex: number; readonly mac: string },
): Neighbour[] {
  return neighbours.filter(
    ({ address, ifIndex, mac, state }) =>
      ifIndex === right.ifIndex && addresses.includes(address) && mac !== right.mac && (state & NUD_PERMANENT) !== 0,
  );
}

/** The node's packets to the address go to the link. What BIRD learned is another node's affair. */
function leadsTo(address: string, link: Link, routes: readonly Route[]): boolean {
  const [first] = routes
    .filter(({ dst, protocol }) => dst === cidrOf(address) && protocol !== RTPROT_BIRD)
    .sort((a, b) => a.metric - b.metric);
  return first?.type === "unicast" && first.ifIndex === link.index;
}

/** What is wrong with the container's side, each fault in words. */
export function judgeContainer(known: Known, seen: ContainerSide): string[] {
  const { ifName, mtuBytes, addresses, routeTable: table } = known;
  const { link } = seen;
  if (link === undefined) return [`${ifName} is missing in the container`];
  if (link.alias !== linkMark(known)) return [`${ifName} in the container is not ours`];
  const mine = <T extends { readonly ifIndex?: number }>(all: readonly T[]): T[] =>
    all.filter(({ ifIndex }) => ifIndex === link.index);
  const present = new Set(mine(seen.addresses).map(({ address }) => address));
  const routes = mine(seen.routes);
  const neighbours = mine(seen.neighbours);
  const isRuled = (source: string): boolean =>
    table === RT_TABLE_MAIN || seen.rules.some((rule) => rule.source === source && rule.table === table);
  return [
    ...(link.up ? [] : [`${ifName} is down in the container`]),
    ...(mtuBytes === 0 || link.mtu <= mtuBytes
      ? []
      : [`${ifName} has the MTU ${link.mtu}: more than the ${mtuBytes} that the node takes`]),
    ...addresses
      .map(cidrOf)
      .filter((cidr) => !present.has(cidr))
      .map((cidr) => `${ifName} lacks the address ${cidr}`),
    ...addresses.filter((address) => !isRuled(address)).map((address) => `the container lacks its rule for ${address}`),
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
}
