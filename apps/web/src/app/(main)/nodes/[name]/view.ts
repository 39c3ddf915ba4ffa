import type { BlockView, EndpointRowView, PoolUsageView } from "@percale/api";
import { formatAddress, parseCidr } from "@percale/net";
import type { NodeRoute } from "@percale/protocol";

/** Blocks that a node has, and single addresses that it borrowed of others'. */
export interface NodeBlocks {
  readonly own: readonly (BlockView & { readonly pool: string })[];
  readonly borrowed: readonly {
    readonly address: string;
    readonly owner: string;
    readonly block: string;
    readonly pool: string;
    /** Whose the block is, if anybody's. */
    readonly lender: string | undefined;
  }[];
}

export function nodeBlocks(node: string, pools: readonly PoolUsageView[]): NodeBlocks {
  const blocks = pools.flatMap((pool) => pool.blocks.map((block) => ({ ...block, pool: pool.name })));
  return {
    own: blocks.filter((block) => block.node === node),
    borrowed: blocks.flatMap(({ cidr, owners, pool, node: lender }) =>
      owners
        .filter(({ borrower }) => borrower === node)
        .map(({ ordinal, owner }) => ({ address: addressAt(cidr, ordinal), owner, block: cidr, pool, lender })),
    ),
  };
}

function addressAt(cidr: string, ordinal: number): string {
  const { family, value } = parseCidr(cidr);
  return formatAddress({ family, value: value + BigInt(ordinal) });
}

/** A route with whom it leads to. */
export interface RouteRow extends NodeRoute {
  /** Of a peer's: the node that has the address it goes by. */
  readonly node?: string;
  /** Of a workload's. */
  readonly endpoint?: EndpointRowView;
}

export function routeRows(
  routes: readonly NodeRoute[],
  known: {
    readonly nodes: readonly { readonly name: string; readonly addresses: readonly string[] }[];
    readonly endpoints: readonly EndpointRowView[];
  },
): readonly RouteRow[] {
  const nodeOf = new Map(known.nodes.flatMap(({ name, addresses }) => addresses.map((address) => [address, name])));
  const endpointOf = new Map(
    known.endpoints.flatMap((endpoint) => endpoint.addresses.map((address) => [address, endpoint])),
  );
  return routes.map((route) => {
    const node = route.via === undefined ? undefined : nodeOf.get(route.via);
    const endpoint = route.from === "workload" ? endpointOf.get(route.dst.replace(/\/\d+$/, "")) : undefined;
    return { ...route, ...(node !== undefined && { node }), ...(endpoint !== undefined && { endpoint }) };
  });
}

const DAY_MS = 86_400_000;

/** How often an agent was started anew within a day, from when its node's agents started, as far as that is remembered. */
export function restartWords(starts: readonly string[], nowMs: number): string {
  const recent = starts.filter((at) => Date.parse(at) > nowMs - DAY_MS).length;
  const restarts = starts.length > recent ? recent : Math.max(0, recent - 1); // the first start is none
  if (restarts === 0) return "not restarted in 24 h";
  return restarts === 1 ? "restarted once in 24 h" : `restarted ${restarts} times in 24 h`;
}
