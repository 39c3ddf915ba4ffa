import { RTPROT_BIRD } from "@percale/kernel";
import type { Link, Route } from "@percale/kernel";
import type { NodeRoute, NodeRoutes } from "@percale/protocol";

/** As many are told: a status is short, however many routes a node has. */
export const MAX_TOLD = 100;

const RANK: Readonly<Record<NodeRoute["from"], number>> = { peer: 0, block: 1, workload: 2 };

/**
 * Which of the main table's routes are Percale's: what BIRD learned of peers, this node's own blocks, its workloads'. The last are those
 * of interfaces that an endpoint has. What peers say comes first, because each node has that of its own.
 */
export function nodeRoutes(
  routes: readonly Route[],
  links: readonly Pick<Link, "index" | "name">[],
  workloadInterfaces: ReadonlySet<string>,
): NodeRoutes {
  const nameOf = new Map(links.map(({ index, name }) => [index, name]));
  const all = routes.flatMap((route): NodeRoute[] => {
    const dev = route.ifIndex === undefined ? undefined : nameOf.get(route.ifIndex);
    const from = originOf(route, dev !== undefined && workloadInterfaces.has(dev));
    if (from === undefined) return [];
    const { dst, gateway } = route;
    return [{ dst, from, ...(gateway !== undefined && { via: gateway }), ...(dev !== undefined && { dev }) }];
  });
  all.sort((a, b) => RANK[a.from] - RANK[b.from] || (a.dst < b.dst ? -1 : 1));
  return { total: all.length, list: all.slice(0, MAX_TOLD) };
}

function originOf({ type, protocol, gateway }: Route, isOfWorkload: boolean): NodeRoute["from"] | undefined {
  if (protocol === RTPROT_BIRD) {
    if (type === "blackhole") return "block";
    return type === "unicast" && gateway !== undefined ? "peer" : undefined;
  }
  return type === "unicast" && isOfWorkload ? "workload" : undefined;
}
