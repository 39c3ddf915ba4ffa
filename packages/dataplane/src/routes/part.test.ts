import { KernelError, RT_SCOPE_LINK, RT_TABLE_MAIN, RTPROT_BIRD } from "@percale/kernel";
import type { Link, Route, Rtnetlink } from "@percale/kernel";
import { DEFAULT_CONFIG, emptyState, take } from "@percale/policy";
import type { ActiveEndpoint, NodeUpdate, Workload } from "@percale/policy";
import { expect, test } from "vitest";
import type { Connections } from "../connections.ts";
import type { Links } from "../links/links.ts";
import { RoutesPart } from "./part.ts";

const { deviceRouteProtocol: protocol, ipv4RoutePriority: metric } = DEFAULT_CONFIG;
const route = (dst: string, ifIndex: number, more: Partial<Route> = {}): Route => ({
  type: "unicast",
  dst,
  table: RT_TABLE_MAIN,
  protocol,
  scope: RT_SCOPE_LINK,
  metric,
  ifIndex,
  ...more,
});

const LINKS: Readonly<Record<string, number>> = { cali0: 10, cali1: 11 };
const endpoint = (
  key: string,
  name: string,
  addresses: readonly string[],
  active = true,
): ActiveEndpoint & { workload: Workload } => ({
  key,
  ref: { kind: "WorkloadEndpoint", namespace: "red", name: key },
  match: { by: "name", name },
  active,
  profiles: [],
  stages: {},
  workload: { addresses, allowSpoofedSourcePrefixes: [] },
});

/** A node with a main table, and the part that keeps it. */
function node(present: readonly Route[] = []) {
  const table = [...present];
  const ended: string[][] = [];
  const asked: number[] = [];
  const faults: string[] = [];
  const state = emptyState({ ...DEFAULT_CONFIG, ipv6Support: true });
  let now = 0;
  let broken: Error | undefined;
  const at = (of: Pick<Route, "dst"> & Partial<Route>) =>
    table.findIndex(
      ({ dst, ifIndex, metric }) =>
        dst === of.dst &&
        (of.metric === undefined ? ifIndex === of.ifIndex : metric === of.metric && ifIndex === of.ifIndex),
    );
  const rtnetlink = {
    routes: async () => [...table],
    replaceRoute: async (next: Route) => {
      if (broken !== undefined) throw broken;
      const old = table.findIndex(({ dst, metric }) => dst === next.dst && metric === next.metric);
      table.splice(old === -1 ? table.length : old, old === -1 ? 0 : 1, next);
    },
    deleteRoute: async (of: Route) => {
      if (at(of) === -1) throw new KernelError("delete route", 3);
      table.splice(at(of), 1);
    },
  } as unknown as Rtnetlink; // a main table
  const links = {
    of: (name: string) => (name in LINKS ? ({ name, index: LINKS[name] } as Link) : undefined),
  } as unknown as Links; // the part that is asked
  const connections = {
    endOf: (addresses: ReadonlySet<string>) => void ended.push([...addresses]),
  } as unknown as Connections; // hears whose end
  const part = new RoutesPart({ rtnetlink, links, connections, now: () => now, request: (ms) => void asked.push(ms) });
  return {
    part,
    table,
    ended,
    asked,
    faults,
    wait: (ms: number) => void (now += ms),
    fail: (error: Error | undefined) => void (broken = error),
    put: (...all: readonly NodeUpdate[]): void => {
      for (const update of all) {
        const change = take(state, update);
        if (change !== undefined) part.note(change);
      }
    },
    pass: async ({ inSync = true, all = true } = {}): Promise<readonly string[]> => {
      const attached = [...state.endpoints.values()]
        .filter(({ active, match }) => all && active && match.name in LINKS)
        .map((one) => ({ endpoint: one as ReturnType<typeof endpoint>, link: links.of(one.match.name)! }));
      await part.pass({
        state,
        inSync,
        attached,
        links: { workloads: new Set(Object.values(LINKS)), byInterface: new Map() },
        turn: () => undefined,
        fault: ({ key }, { detail }) => void faults.push(`${key}: ${detail}`),
      });
      return table.map(({ dst, ifIndex }) => `${dst} ${ifIndex}`).sort();
    },
  };
}
const put = (...all: readonly ActiveEndpoint[]) => all.map((one): NodeUpdate => ({ t: "endpoint", endpoint: one }));

test("each address of a workload goes to its interface, of either family", async () => {
  const { put: tell, pass, table, part } = node();
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32", "fd00::1/128"])));
  await pass();
  expect(table).toEqual([
    route("10.0.0.1/32", 10),
    route("fd00::1/128", 10, { scope: 0, metric: DEFAULT_CONFIG.ipv6RoutePriority }),
  ]);
  expect(part.count).toBe(2);
});

test("before the first whole state nothing is touched", async () => {
  const { put: tell, pass } = node([route("10.0.0.9/32", 10)]);
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32"])));
  expect(await pass({ inSync: false })).toEqual(["10.0.0.9/32 10"]);
});

test.each<[what: string, present: Route]>([
  ["of another protocol", route("10.0.0.1/32", 10, { protocol: 4 })],
  ["of another scope", route("10.0.0.1/32", 10, { scope: 0 })],
  ["through somebody", route("10.0.0.1/32", 10, { gateway: "10.0.0.254" })],
  ["to another interface", route("10.0.0.1/32", 99)],
  ["of another priority", route("10.0.0.1/32", 10, { metric: 7 })],
])("a route %s is replaced", async (_, present) => {
  const { put: tell, pass, table } = node([present]);
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32"])));
  await pass();
  expect(table).toEqual([route("10.0.0.1/32", 10)]);
});

test("an address that moves has one route, and its old connections end", async () => {
  const { put: tell, pass, ended } = node();
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32", "10.0.0.2/32"])));
  await pass();
  tell(...put(endpoint("a", "cali0", ["10.0.0.2/32"]), endpoint("b", "cali1", ["10.0.0.1/32"])));
  expect([await pass(), ended]).toEqual([["10.0.0.1/32 11", "10.0.0.2/32 10"], [["10.0.0.1"]]]);
});

test.each<[what: string, update: NodeUpdate]>([
  ["goes", { t: "endpointRemoved", key: "a" }],
  ["is not active", put(endpoint("a", "cali0", ["10.0.0.1/32"], false))[0]!],
  ["has it no more", put(endpoint("a", "cali0", []))[0]!],
])("the route of an address goes when its workload %s, though no endpoint is looked at", async (_, update) => {
  const { put: tell, pass, part, ended } = node();
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32"])));
  await pass();
  tell(update);
  expect([await pass({ all: false }), part.count, ended]).toEqual([[], 0, [["10.0.0.1"]]]);
});

test("a route that nobody wants goes after its grace, unless an endpoint comes for it", async () => {
  const { put: tell, pass, wait, asked } = node([route("10.0.0.7/32", 10), route("10.0.0.8/32", 11)]);
  expect([await pass(), asked]).toEqual([["10.0.0.7/32 10", "10.0.0.8/32 11"], [10_500]]);
  wait(9_999);
  tell(...put(endpoint("a", "cali1", ["10.0.0.8/32"])));
  expect(await pass()).toEqual(["10.0.0.7/32 10", "10.0.0.8/32 11"]);
  wait(1);
  expect([await pass(), asked]).toEqual([["10.0.0.8/32 11"], [10_500]]);
});

test("what comes later is seen when everything is looked at, and its grace begins then", async () => {
  const { part, pass, wait, table } = node();
  await pass();
  table.push(route("10.0.0.7/32", 10));
  wait(60_000);
  await pass();
  part.resync();
  expect(await pass()).toEqual(["10.0.0.7/32 10"]);
  wait(10_000);
  expect(await pass()).toEqual([]);
});

test.each<[what: string, present: Route]>([
  ["BIRD's", route("10.0.0.7/32", 10, { protocol: RTPROT_BIRD })],
  ["the kernel's", route("10.0.0.7/32", 10, { protocol: 2 })],
  ["link-local", route("fe80::/64", 10)],
  ["of another table", route("10.0.0.7/32", 10, { table: 7 })],
  ["no unicast", route("10.0.0.7/32", 10, { type: "blackhole" })],
  ["on no workload's interface", route("10.0.0.7/32", 99)],
])("a route that is %s is left alone", async (_, present) => {
  const { part, pass, wait } = node([present]);
  await pass();
  wait(60_000);
  part.resync();
  expect(await pass()).toHaveLength(1);
});

test("what one workload's route answers is that workload's fault, and the next pass tries again", async () => {
  const { put: tell, pass, faults, fail } = node();
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32"])));
  fail(new Error("no room"));
  await pass();
  fail(undefined);
  expect([faults, await pass()]).toEqual([["a: no room"], ["10.0.0.1/32 10"]]);
});

test("all that was made is taken away at the end, and what is gone already is no fault", async () => {
  const { put: tell, pass, part, table } = node([route("192.0.2.0/24", 99)]);
  tell(...put(endpoint("a", "cali0", ["10.0.0.1/32", "10.0.0.2/32"])));
  await pass();
  table.splice(1, 1);
  await part.remove();
  expect([table, part.count]).toEqual([[route("192.0.2.0/24", 99)], 0]);
});
