/** What each type of client reads: everything else need not travel. The kinds say who reads them, and what of them (`Traits`). */
import type { ClientType } from "@percale/protocol";
import { resourceDefinitions } from "@percale/resources";
import type { Reader, Traits } from "@percale/resources";

/** What becomes of a kind's objects on their way. */
export interface KindNeeds {
  readonly shared: Traits["shared"] | undefined;
  readonly node: Traits["node"] | undefined;
}

export type Needs = Readonly<Record<string, KindNeeds>>;

/** Which parts are in a client of each type. Undefined: it gets everything, whole. */
const READERS: Readonly<Record<ClientType, readonly Reader[] | undefined>> = {
  agent: ["graph", "bird", "ipam"],
  bgp: ["bird"],
  tunnel: ["tunnels"],
  status: [],
  all: undefined,
};

/** Undefined: everything, whole. */
export function needsOf(type: ClientType): Needs | undefined {
  const readers = READERS[type];
  if (readers === undefined) return undefined;
  const read = resourceDefinitions.filter(
    ({ traits: { readBy = [], shared, node } }) =>
      (shared !== undefined || node !== undefined) && readBy.some((reader) => readers.includes(reader)),
  );
  return Object.fromEntries(read.map(({ kind, traits: { shared, node } }) => [kind, { shared, node }]));
}
