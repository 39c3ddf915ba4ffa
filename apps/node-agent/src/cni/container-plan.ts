import { NUD_PERMANENT, RT_SCOPE_LINK, RT_TABLE_MAIN } from "@percale/kernel";
import type { Neighbour, Route, RouteSpec, SourceRule } from "@percale/kernel";
import type { Sysctl } from "./sysctls.ts";

/** Every host side has it, so that a workload's neighbour entry survives a move to another node. */
export const HOST_MAC = "ee:ee:ee:ee:ee:ee";
/** The first table of further interfaces, one for each by its index. */
const FIRST_TABLE = 100_000;

/** One family as a workload sees it. IPv6's gateway is the link-local address of HOST_MAC. */
const FAMILIES = [
  { bits: 32, gateway: "169.254.1.1", everything: "0.0.0.0/0" },
  { bits: 128, gateway: "fe80::ecee:eeff:feee:eeee", everything: "::/0" },
] as const;

export function familiesOf(addresses: readonly string[]): readonly (typeof FAMILIES)[number][] {
  return FAMILIES.filter(({ bits }) => addresses.some((address) => bitsOf(address) === bits));
}

export function cidrOf(address: string): string {
  return `${address}/${bitsOf(address)}`;
}

function bitsOf(address: string): 32 | 128 {
  return address.includes(":") ? 128 : 32;
}

/** What an interface of a container gets once it is up, in this order. */
export interface ContainerPlan {
  /** The main table, or one of its own where another interface of the container has the default route. */
  readonly table: number;
  /** Those to the gateways before those through them. */
  readonly routes: readonly RouteSpec[];
  readonly neighbours: readonly Neighbour[];
  readonly cidrs: readonly string[];
  readonly rules: readonly SourceRule[];
  readonly sysctls: readonly Sysctl[];
}

/** `seen`: the interface, and the main table of the container that it is in. */
export function planContainer(
  { addresses, allowIpForwarding }: { readonly addresses: readonly string[]; readonly allowIpForwarding: boolean },
  seen: { readonly ifIndex: number; readonly mainRoutes: readonly Route[] },
): ContainerPlan {
  const { ifIndex, mainRoutes } = seen;
  const families = familiesOf(addresses);
  const isFirst = !mainRoutes.some(({ dst, type }) => type === "unicast" && dst.endsWith("/0"));
  const table = isFirst ? RT_TABLE_MAIN : FIRST_TABLE + ifIndex;
  return {
    table,
    routes: families.flatMap(({ gateway, bits, everything }) => [
      { dst: `${gateway}/${bits}`, ifIndex, scope: RT_SCOPE_LINK, table },
      { dst: everything, gateway, ifIndex, table },
    ]),
    // Permanent, because proxy ARP answers only on nodes that have a default route of their own.
    neighbours: families.map(({ gateway: address }) => ({
      ifIndex,
      address,
      mac: HOST_MAC,
      state: NUD_PERMANENT,
      flags: 0,
    })),
    cidrs: addresses.map(cidrOf),
    rules: isFirst ? [] : addresses.map((source) => ({ source, table })),
    // What belongs to the whole container is its first interface's.
    sysctls: isFirst
      ? families.map(({ bits }) => ({ path: FORWARDING[bits], value: allowIpForwarding ? "1" : "0" }))
      : [],
  };
}

const FORWARDING = { 32: "net/ipv4/ip_forward", 128: "net/ipv6/conf/all/forwarding" } as const;

/** What has to be set in the container before the interface comes up. */
export function sysctlsBeforeUp({
  ifName,
  addresses,
}: {
  readonly ifName: string;
  readonly addresses: readonly string[];
}): Sysctl[] {
  if (!familiesOf(addresses).some(({ bits }) => bits === 128)) return [];
  const on = ["all", "default", "lo", ifName].map((scope) => ({
    path: `net/ipv6/conf/${scope}/disable_ipv6`,
    value: "0",
  }));
  return [...on, { path: `net/ipv6/conf/${ifName}/accept_dad`, value: "0" }];
}
