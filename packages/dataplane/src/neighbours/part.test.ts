import { NUD_PERMANENT } from "@percale/kernel";
import type { Link, Neighbour, Rtnetlink } from "@percale/kernel";
import { emptyState } from "@percale/policy";
import type { Workload } from "@percale/policy";
import { expect, test } from "vitest";
import { NeighboursPart } from "./part.ts";

const MAC = "02:00:00:00:00:0a";
const entry = (more: Partial<Neighbour> = {}): Neighbour => ({
  ifIndex: 10,
  address: "10.0.0.1",
  mac: MAC,
  state: NUD_PERMANENT,
  flags: 0,
  ...more,
});

/** What is written for a workload where these entries are. */
async function written(present: readonly Neighbour[], workload: Partial<Workload>): Promise<readonly Neighbour[]> {
  const made: Neighbour[] = [];
  const rtnetlink = {
    neighbours: async () => present,
    replaceNeighbour: async (one: Neighbour) => void made.push(one),
  } as unknown as Rtnetlink; // the part that is asked
  const ref = { kind: "WorkloadEndpoint", namespace: "red", name: "a" };
  const endpoint = {
    key: "a",
    ref,
    match: { by: "name", name: "cali0" },
    active: true,
    profiles: [],
    stages: {},
  } as const;
  await new NeighboursPart({ rtnetlink }).pass({
    state: emptyState(),
    inSync: true,
    links: { workloads: new Set(), byInterface: new Map() },
    attached: [
      {
        endpoint: {
          ...endpoint,
          workload: { addresses: ["10.0.0.1/32"], allowSpoofedSourcePrefixes: [], ...workload },
        },
        link: { index: 10 } as Link,
      },
    ],
    turn: () => undefined,
    fault: (_, { detail }) => expect.unreachable(detail),
  });
  return made;
}

test.each<[what: string, present: readonly Neighbour[], workload: Partial<Workload>, made: readonly Neighbour[]]>([
  ["there is none", [], { mac: MAC }, [entry()]],
  ["it is there, in whatever letters the endpoint has it", [entry()], { mac: MAC.toUpperCase() }, []],
  ["it says another MAC", [entry({ mac: "02:00:00:00:00:0b" })], { mac: MAC }, [entry()]],
  ["it may pass", [entry({ state: 4 })], { mac: MAC }, [entry()]],
  ["it is another interface's", [entry({ ifIndex: 11 })], { mac: MAC }, [entry()]],
  ["the endpoint has no MAC", [], {}, []],
  ["the address is an IPv6 one, which the kernel resolves itself", [], { mac: MAC, addresses: ["fd00::1/128"] }, []],
])("an entry for good is made where it must be: %s", async (_, present, workload, made) => {
  expect(await written(present, workload)).toEqual(made);
});
