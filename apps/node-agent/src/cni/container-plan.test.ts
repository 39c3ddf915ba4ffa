import { NUD_PERMANENT, RT_SCOPE_LINK, RT_TABLE_MAIN } from "@percale/kernel";
import type { Route } from "@percale/kernel";
import { expect, test } from "vitest";
import { HOST_MAC, planContainer, sysctlsBeforeUp } from "./container-plan.ts";

const [gateway4, gateway6] = ["169.254.1.1", "fe80::ecee:eeff:feee:eeee"];
const routes4 = (table: number) => [
  { dst: `${gateway4}/32`, ifIndex: 7, scope: RT_SCOPE_LINK, table },
  { dst: "0.0.0.0/0", gateway: gateway4, ifIndex: 7, table },
];
const routes6 = (table: number) => [
  { dst: `${gateway6}/128`, ifIndex: 7, scope: RT_SCOPE_LINK, table },
  { dst: "::/0", gateway: gateway6, ifIndex: 7, table },
];
const neighbour = (address: string) => ({ ifIndex: 7, address, mac: HOST_MAC, state: NUD_PERMANENT, flags: 0 });
const planOf = (
  addresses: readonly string[],
  { allowIpForwarding = false, mainRoutes = [] as readonly Route[] } = {},
) => planContainer({ addresses, allowIpForwarding }, { ifIndex: 7, mainRoutes });
const route = (dst: string, type: Route["type"] = "unicast"): Route => ({
  type,
  dst,
  table: RT_TABLE_MAIN,
  protocol: 3,
  scope: 0,
  metric: 0,
  ifIndex: 3,
});

test("the first interface of a container has the way out of each of its families, in the main table", () => {
  expect(planOf(["10.0.0.5", "fd00::5"])).toEqual({
    table: RT_TABLE_MAIN,
    routes: [...routes4(RT_TABLE_MAIN), ...routes6(RT_TABLE_MAIN)],
    neighbours: [neighbour(gateway4), neighbour(gateway6)],
    cidrs: ["10.0.0.5/32", "fd00::5/128"],
    rules: [],
    sysctls: [
      { path: "net/ipv4/ip_forward", value: "0" },
      { path: "net/ipv6/conf/all/forwarding", value: "0" },
    ],
  });
});

test("a further one has a table of its own for what its addresses send, and changes nothing for the whole container", () => {
  const mainRoutes = [route("0.0.0.0/0")];
  expect(planOf(["10.0.0.5", "10.0.0.6"], { mainRoutes, allowIpForwarding: true })).toEqual({
    table: 100_007,
    routes: routes4(100_007),
    neighbours: [neighbour(gateway4)],
    cidrs: ["10.0.0.5/32", "10.0.0.6/32"],
    rules: [
      { source: "10.0.0.5", table: 100_007 },
      { source: "10.0.0.6", table: 100_007 },
    ],
    sysctls: [],
  });
});

test.each<[what: string, routes: readonly Route[]]>([
  ["no routes", []],
  ["a route to somewhere", [route("10.0.0.0/8")]],
  ["a way out that is closed", [route("::/0", "unreachable")]],
])("beside %s an interface is the first", (_, mainRoutes) => {
  expect(planOf(["fd00::5"], { mainRoutes }).table).toBe(RT_TABLE_MAIN);
});

test("a container forwards where it is allowed to, in its families", () => {
  expect(planOf(["fd00::5"], { allowIpForwarding: true }).sysctls).toEqual([
    { path: "net/ipv6/conf/all/forwarding", value: "1" },
  ]);
});

test("IPv6 is on, and asks nobody for leave, before an interface with such addresses comes up", () => {
  expect(sysctlsBeforeUp({ ifName: "eth1", addresses: ["10.0.0.5", "fd00::5"] })).toEqual([
    ...["all", "default", "lo", "eth1"].map((scope) => ({ path: `net/ipv6/conf/${scope}/disable_ipv6`, value: "0" })),
    { path: "net/ipv6/conf/eth1/accept_dad", value: "0" },
  ]);
  expect(sysctlsBeforeUp({ ifName: "eth1", addresses: ["10.0.0.5"] })).toEqual([]);
});
