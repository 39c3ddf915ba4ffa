import type { EndpointRowView, PoolUsageView } from "@percale/api";
import { ofNode, type Place, placeOf, sayPlace } from "../../ipam/place.ts";
import { endpointText } from "../../policy/endpoint.ts";
import type { Entry, Group } from "./entry.ts";

export interface AddressBook {
  /** Endpoints that have the address. */
  readonly owners: readonly EndpointRowView[];
  /** Undefined until it is told. */
  readonly pools: readonly PoolUsageView[] | undefined;
}

/** Whose an address is, where it comes from, what can be asked of it; undefined for a text that is none. */
export function addressGroups(text: string, { owners: endpoints, pools }: AddressBook): readonly Group[] | undefined {
  const place = placeOf(text, pools ?? []);
  if (place === undefined) return undefined;
  const { address: canonical, pool, block, holder } = place;
  const owners = endpoints.map((endpoint) => endpointEntry(endpoint, `on ${endpoint.node}`));
  const nobody = pools === undefined ? [] : [unowned(place)];
  return [
    owners.length > 0
      ? { title: "Owner", entries: owners }
      : { title: holder === undefined ? "Nobody has it" : "Owner", entries: nobody },
    {
      title: owners.length > 0 || holder !== undefined ? "Where it comes from" : "Where it would come from",
      entries: pool === undefined ? [] : origin(pool, block),
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

export function endpointEntry(endpoint: EndpointRowView, detail: string): Entry {
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

function unowned(place: Place): Entry {
  const { address, pool, block } = place;
  const base = { id: `nobody ${address}`, icon: "pools", isWords: true, name: sayPlace(place) } as const;
  if (pool === undefined) return { ...base, verb: "Open pools", does: { go: "/ippools" } };
  if (block === undefined)
    return { ...base, detail: "in no block yet", verb: "Open pool", does: { go: poolPath(pool) } };
  const free = `${block.size - block.used} of ${block.size} are free`;
  return { ...base, detail: free, verb: "Open block", does: { go: blockPath(pool, block) } };
}

function origin(pool: Pool, block: Block | undefined): readonly Entry[] {
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

const poolPath = ({ name }: Pool): string => `/ippools?focus=${encodeURIComponent(name)}`;
const blockPath = (pool: Pool, { cidr }: Block): string => `${poolPath(pool)}&open=block/${cidr}`;
