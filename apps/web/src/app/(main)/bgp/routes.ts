import type { PoolUsageView } from "@percale/api";
import { countSessions, type SessionCounts } from "@percale/bgp/standing";
import { type Cidr, containsCidr, parseCidr, tryParseAddress, tryParseCidr } from "@percale/net";
import { type Session, touches } from "./view.ts";

/** A block's prefix, which its node announces to all of its sessions of that family. */
export interface RouteRow {
  readonly prefix: string;
  readonly pool: string;
  /** Undefined: no node has the block, so nobody announces it. */
  readonly node: string | undefined;
  /** Its pool keeps its routes from BGP. */
  readonly isKept: boolean;
  /** The node's, of the prefix's family. */
  readonly sessions: SessionCounts;
}

/** In address order, IPv4 first. */
export function routeRows(
  pools: readonly PoolUsageView[],
  sessions: readonly Session[],
  keptPools: ReadonlySet<string>,
): readonly RouteRow[] {
  const blocks = pools.flatMap((pool) =>
    pool.blocks.map(({ cidr, node }) => ({ pool: pool.name, prefix: cidr, node, net: parseCidr(cidr) })),
  );
  const countsOf = new Map<string, SessionCounts>();
  const countOf = (node: string, family: number): SessionCounts => {
    const key = `${node} ${family}`;
    const known = countsOf.get(key);
    if (known !== undefined) return known;
    const counts = countSessions(sessions.filter((one) => one.family === family && touches(one, node)));
    countsOf.set(key, counts);
    return counts;
  };
  return blocks
    .toSorted((a, b) => a.net.family - b.net.family || (a.net.value < b.net.value ? -1 : 1))
    .map(({ net, ...row }) => ({
      ...row,
      isKept: keptPools.has(row.pool),
      sessions: row.node === undefined ? countSessions([]) : countOf(row.node, net.family),
    }));
}

/** Those that an address or prefix falls into, or that fall into it; of any other text, those of nodes and pools that have it in their names. */
export function findRoutes(rows: readonly RouteRow[], text: string): readonly RouteRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  const net = netOf(wanted);
  if (net === undefined)
    return rows.filter(({ prefix, node = "", pool }) => [prefix, node, pool].some((one) => one.includes(wanted)));
  return rows.filter(({ prefix }) => {
    const own = parseCidr(prefix);
    return own.family === net.family && (containsCidr(own, net) || containsCidr(net, own));
  });
}

/** Of an address or a prefix. */
function netOf(text: string): Cidr | undefined {
  const address = tryParseAddress(text);
  return address === undefined ? tryParseCidr(text) : { ...address, prefixLen: address.family === 4 ? 32 : 128 };
}
