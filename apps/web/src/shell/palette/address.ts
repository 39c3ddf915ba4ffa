import type { PoolUsageView } from "@percale/api";
import { type Address, cidrRange, containsAddress, formatAddress, tryParseAddress, tryParseCidr } from "@percale/net";
import { type Endpoint, endpointText } from "../../policy/endpoint.ts";
import type { Entry, Group } from "./entry.ts";

export interface AddressBook {
  readonly endpoints: readonly Endpoint[];
  /** Undefined until it is told. */
  readonly pools: readonly PoolUsageView[] | undefined;
}

/** Whose an address is, where it comes from, what can be asked of it; undefined for a text that is none. */
export function addressGroups(text: string, { endpoints, pools }: AddressBook): readonly Group[] | undefined {
  const address = tryParseAddress(text);
  if (address === undefined) return undefined;
  const canonical = formatAddress(address);
  const owners = endpoints
    .filter(({ addresses }) => addresses.includes(canonical))
    .map((endpoint) => endpointEntry(endpoint, `on ${endpoint.node}`));
  const pool = pools?.find(({ cidr }) => holds(cidr, address));
  const block = pool?.blocks.find(({ cidr }) => holds(cidr, address));
  const ordinal = block === undefined ? -1 : Number(address.value - cidrRange(tryParseCidr(block.cidr)!).first);
  const held = block?.owners.find((owner) => owner.ordinal === ordinal);
  const place = pool && placeOf(pool, block);
  const nobody = pools === undefined ? [] : [unowned({ canonical, pool, block, holder: held?.owner })];
  return [
    owners.length > 0
      ? { title: "Owner", entries: owners }
      : { title: held === undefined ? "Nobody has it" : "Owner", entries: nobody },
    {
      title: owners.length > 0 || held !== undefined ? "Where it comes from" : "Where it would come from",
      entries: place ?? [],
    },
    {
      title: "With this address",
      entries: [
        ask("from", "Reach from it", `/reach?src=${canonical}`),
        ask("to", "Reach to it", `/reach?dst=${canonical}`),
      ],
    },
  ];
}

export function endpointEntry(endpoint: Endpoint, detail: string): Entry {
  return {
    id: `endpoint ${endpoint.key}`,
    icon: "endpoints",
    name: endpointText(endpoint),
    detail,
    verb: "Open endpoint",
    does: { go: `/endpoints?open=workloadendpoints/${endpoint.key}` },
  };
}

type Pool = PoolUsageView;
type Block = PoolUsageView["blocks"][number];

function unowned(of: {
  readonly canonical: string;
  readonly pool: Pool | undefined;
  readonly block: Block | undefined;
  readonly holder: string | undefined;
}): Entry {
  const { canonical, pool, block, holder } = of;
  const base = { id: `nobody ${canonical}`, icon: "pools", isWords: true } as const;
  if (pool === undefined)
    return { ...base, name: "In none of the pools", verb: "Open pools", does: { go: "/ippools" } };
  if (block === undefined)
    return {
      ...base,
      name: `Free in pool ${pool.name}`,
      detail: "in no block yet",
      verb: "Open pool",
      does: { go: poolPath(pool) },
    };
  const free = `${block.size - block.used} of ${block.size} are free`;
  const name = holder === undefined ? `Free in block ${block.cidr}${ofNode(block)}` : `Held by ${holder}`;
  return { ...base, name, detail: free, verb: "Open block", does: { go: blockPath(pool, block) } };
}

function placeOf(pool: Pool, block: Block | undefined): readonly Entry[] {
  const ofPool: Entry = {
    id: `pool ${pool.name}`,
    icon: "pools",
    name: `Pool ${pool.name}`,
    isWords: true,
    detail: `${pool.cidr}, ${(pool.size - pool.used).toLocaleString("en")} free`,
    verb: "Open pool",
    does: { go: poolPath(pool) },
  };
  if (block === undefined) return [ofPool];
  return [
    {
      id: `block ${block.cidr}`,
      icon: "pools",
      name: `Block ${block.cidr}${ofNode(block)}`,
      isWords: true,
      detail: `${block.used} of ${block.size} in use`,
      verb: "Open block",
      does: { go: blockPath(pool, block) },
    },
    ofPool,
  ];
}

function ask(id: string, name: string, href: string): Entry {
  return { id: `reach ${id}`, icon: "reach", name, isWords: true, verb: "Ask", does: { go: href } };
}

const ofNode = ({ node }: Block): string => (node === undefined ? "" : ` of ${node}`);
const poolPath = ({ name }: Pool): string => `/ippools?focus=${encodeURIComponent(name)}`;
const blockPath = (pool: Pool, { cidr }: Block): string => `${poolPath(pool)}&open=block/${cidr}`;

function holds(cidr: string, address: Address): boolean {
  const parsed = tryParseCidr(cidr);
  return parsed !== undefined && containsAddress(parsed, address);
}
