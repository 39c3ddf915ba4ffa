import { RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, RT_TABLE_MAIN, RTPROT_BIRD, RTPROT_KERNEL } from "@percale/kernel";
import type { Route } from "@percale/kernel";
import { parseCidr } from "@percale/net";
import type { DataplaneConfig, Workload } from "@percale/policy";

/** The routes to a workload through its interface. */
export function workloadRoutes(
  workload: Pick<Workload, "addresses">,
  ifIndex: number,
  config: Pick<DataplaneConfig, "ipv4RoutePriority" | "ipv6RoutePriority" | "deviceRouteProtocol" | "ipv6Support">,
): readonly Route[] {
  return workload.addresses.flatMap((dst): Route[] => {
    const v6 = parseCidr(dst).family === 6;
    if (v6 && !config.ipv6Support) return [];
    const metric = v6 ? config.ipv6RoutePriority : config.ipv4RoutePriority;
    const scope = v6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK; // IPv6 knows no scopes and shows universe
    return [
      { type: "unicast", dst, table: RT_TABLE_MAIN, protocol: config.deviceRouteProtocol, scope, metric, ifIndex },
    ];
  });
}

/**
 * Whether a route on a workload's interface is one that we may have made: any but the kernel's own, BIRD's and those of the
 * link-local net.
 */
export function isOurs(route: Route): boolean {
  return (
    route.table === RT_TABLE_MAIN &&
    route.type === "unicast" &&
    route.protocol !== RTPROT_BIRD &&
    route.protocol !== RTPROT_KERNEL &&
    route.dst !== "fe80::/64"
  );
}

export function sameRoute(a: Route, b: Route): boolean {
  return a.ifIndex === b.ifIndex && a.protocol === b.protocol && a.scope === b.scope && a.gateway === b.gateway;
}
