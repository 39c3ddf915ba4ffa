import { NUD_PERMANENT, RT_TABLE_MAIN, RTPROT_BIRD } from "@percale/kernel";
import type { Link, Route } from "@percale/kernel";
import { expect, test } from "vitest";
import { linkMark } from "./identity.ts";
import { HOST_MAC } from "./container-plan.ts";
import { judgeContainer, judgeHost, routesOfOthers, wrongNeighbours } from "./judgement.ts";
import type { ContainerSide, HostSide, Known } from "./judgement.ts";

const known: Known = {
  containerID: "c1",
  ifName: "eth0",
  netns: "/run/netns/x",
  netnsId: "4:1",
  hostInterface: "cali1",
  mac: "02:00:00:00:00:01",
  mtuBytes: 1450,
  addresses: ["10.0.0.5", "fd00::5"],
  routeTable: RT_TABLE_MAIN,
  allowIpForwarding: false,
};
const link: Link = {
  index: 7,
  name: "cali1",
  mac: HOST_MAC,
  mtu: 1450,
  up: true,
  running: true,
  loopback: false,
  group: 0,
  alias: linkMark(known),
};
const routeTo = (dst: string, more: Partial<Route> = {}): Route => ({
  type: "unicast",
  dst,
  table: RT_TABLE_MAIN,
  protocol: 80,
  scope: 253,
  metric: 0,
  ifIndex: 7,
  ...more,
});

const routes = [routeTo("10.0.0.5/32"), routeTo("fd00::5/128")];
const noRoute = "the node has no route to 10.0.0.5 through cali1, or another before it";
const without4 = routes.slice(1);

test.each<[what: string, seen: Partial<HostSide>, faults: readonly string[], more?: Partial<Known>]>([
  ["as ADD left it", {}, []],
  ["gone", { link: undefined }, ["the host interface cali1 is missing"]],
  ["another's", { link: { ...link, alias: "percale c2 eth0" } }, ["the host interface cali1 is not this container's"]],
  ["down", { link: { ...link, up: false } }, ["the host interface cali1 is down"]],
  [
    "of another MAC",
    { link: { ...link, mac: "02:00:00:00:00:09" } },
    [`the host interface cali1 has the MAC 02:00:00:00:00:09 and not ${HOST_MAC}`],
  ],
  ["of another MTU", { link: { ...link, mtu: 1400 } }, ["the host interface cali1 has the MTU 1400 and not 1450"]],
  ["of any MTU where none was asked for", { link: { ...link, mtu: 1400 } }, [], { mtuBytes: 0 }],
  ["a bridge's", { link: { ...link, master: 3 } }, ["the host interface cali1 is a port of another interface"]],
  ["set otherwise", { sysctls: ["net/x is 0 and not 1"] }, ["net/x is 0 and not 1"]],
  ["without a route", { routes: without4 }, [noRoute]],
  ["routed elsewhere", { routes: [...without4, routeTo("10.0.0.5/32", { ifIndex: 8 })] }, [noRoute]],
  ["routed nowhere", { routes: [...without4, routeTo("10.0.0.5/32", { type: "blackhole" })] }, [noRoute]],
  [
    "behind another route",
    { routes: [routeTo("10.0.0.5/32", { metric: 9 }), ...without4, routeTo("10.0.0.5/32", { ifIndex: 8, metric: 1 })] },
    [noRoute],
  ],
  [
    "before another route, and beside what BIRD learned",
    {
      routes: [
        routeTo("10.0.0.5/32", { ifIndex: 8, metric: 9 }),
        routeTo("10.0.0.5/32", { ifIndex: 8, protocol: RTPROT_BIRD }),
        ...routes,
      ],
    },
    [],
  ],
  [
    "taken for another's MAC",
    { wrong: [{ address: "fd00::5", mac: "02:00:00:00:00:09" }] },
    ["the node takes 02:00:00:00:00:09 for the MAC of fd00::5, which is 02:00:00:00:00:01"],
  ],
])("a host side that is %s is told so, and nothing else", (_, seen, faults, more = {}) => {
  expect(judgeHost({ ...known, ...more }, { link, routes, ...seen })).toEqual(faults);
});

const gateways = ["169.254.1.1", "fe80::ecee:eeff:feee:eeee"] as const;
const inside: ContainerSide = {
  link: { ...link, name: "eth0", mac: known.mac },
  addresses: ["10.0.0.5/32", "fd00::5/128"].map((address) => ({ ifIndex: 7, address })),
  routes: [
    routeTo("169.254.1.1/32"),
    routeTo("0.0.0.0/0", { gateway: gateways[0] }),
    routeTo(`${gateways[1]}/128`),
    routeTo("::/0", { gateway: gateways[1] }),
  ],
  neighbours: gateways.map((address) => ({ ifIndex: 7, address, mac: HOST_MAC, state: NUD_PERMANENT, flags: 0 })),
  rules: [],
};
const elsewhere = <T extends object>(all: readonly T[]): T[] =>
  all.map((one, i) => (i === 0 ? { ...one, ifIndex: 8 } : one));
const changed = <T extends object>(all: readonly T[], i: number, more: Partial<T>): T[] =>
  all.map((one, j) => (i === j ? { ...one, ...more } : one));
const noGateway = "the container lacks its route to the gateway 169.254.1.1";
const noDefault = "the container lacks its default route through 169.254.1.1";
const noNeighbour = "the container's neighbour entry of the gateway 169.254.1.1 is missing or wrong";

test.each<[what: string, seen: Partial<ContainerSide>, faults: readonly string[], more?: Partial<Known>]>([
  ["as ADD left it", {}, []],
  ["with a smaller MTU", { link: { ...link, mtu: 1300 } }, []],
  ["without an MTU of ours", { link: { ...link, mtu: 9000 } }, [], { mtuBytes: 0 }],
  ["without its interface", { link: undefined }, ["eth0 is missing in the container"]],
  ["with another's interface", { link: { ...link, alias: "else" } }, ["eth0 in the container is not ours"]],
  ["with it down", { link: { ...link, up: false } }, ["eth0 is down in the container"]],
  [
    "with a larger MTU",
    { link: { ...link, mtu: 1500 } },
    ["eth0 has the MTU 1500: more than the 1450 that the node takes"],
  ],
  ["without an address", { addresses: inside.addresses.slice(1) }, ["eth0 lacks the address 10.0.0.5/32"]],
  ["with it on another interface", { addresses: elsewhere(inside.addresses) }, ["eth0 lacks the address 10.0.0.5/32"]],
  ["without the gateway's route", { routes: inside.routes.slice(1) }, [noGateway]],
  ["with it through somebody", { routes: changed(inside.routes, 0, { gateway: "10.0.0.1" }) }, [noGateway]],
  ["with it on another interface", { routes: elsewhere(inside.routes) }, [noGateway]],
  ["with another way out", { routes: changed(inside.routes, 1, { gateway: "10.0.0.1" }) }, [noDefault]],
  ["without a gateway's MAC", { neighbours: inside.neighbours.slice(1) }, [noNeighbour]],
  ["with another MAC of it", { neighbours: changed(inside.neighbours, 0, { mac: known.mac }) }, [noNeighbour]],
  ["with one that passes", { neighbours: changed(inside.neighbours, 0, { state: 4 }) }, [noNeighbour]],
  [
    "of IPv4 alone, with no more than that",
    { routes: inside.routes.slice(0, 2), neighbours: inside.neighbours.slice(0, 1) },
    [],
    { addresses: ["10.0.0.5"] },
  ],
  [
    "with a table of its own and no rules",
    {
      rules: [
        { source: "10.0.0.5", table: 9 },
        { source: "10.0.0.6", table: 100_007 },
      ],
    },
    ["the container lacks its rule for 10.0.0.5", "the container lacks its rule for fd00::5"],
    { routeTable: 100_007 },
  ],
  [
    "with a table of its own and its rules",
    { rules: known.addresses.map((source) => ({ source, table: 100_007 })) },
    [],
    { routeTable: 100_007 },
  ],
])("a container %s is told so, and nothing else", (_, seen, faults, more = {}) => {
  expect(judgeContainer({ ...known, ...more }, { ...inside, ...seen })).toEqual(faults);
});

test("routes of others are those of the same addresses that lead elsewhere, but for what BIRD learned", () => {
  const others = [routeTo("10.0.0.5/32", { ifIndex: 8 }), routeTo("fd00::5/128", { type: "blackhole", ifIndex: 0 })];
  const fine = [
    ...routes,
    routeTo("10.0.0.6/32", { ifIndex: 8 }),
    routeTo("10.0.0.0/24", { ifIndex: 8 }),
    routeTo("10.0.0.5/32", { ifIndex: 8, protocol: RTPROT_BIRD }),
  ];
  expect(routesOfOthers([...fine, ...others], known.addresses, 7)).toEqual(others);
});

test("a neighbour entry is wrong that says another MAC of an address, for good, on its interface", () => {
  const right = { ifIndex: 7, mac: known.mac };
  const wrong = { ifIndex: 7, address: "10.0.0.5", mac: HOST_MAC, state: NUD_PERMANENT, flags: 0 };
  const fine = [
    { ...wrong, mac: known.mac },
    { ...wrong, ifIndex: 8 },
    { ...wrong, address: "10.0.0.6" },
    { ...wrong, state: 4 },
  ];
  expect(wrongNeighbours([...fine, wrong], known.addresses, right)).toEqual([wrong]);
});
