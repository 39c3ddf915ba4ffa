import type { Route } from "@percale/kernel";
import { expect, test } from "vitest";
import { MAX_TOLD, nodeRoutes } from "./routes.ts";

const route = (dst: string, more: Partial<Route>): Route => ({
  type: "unicast",
  dst,
  table: 254,
  protocol: 12,
  scope: 0,
  metric: 0,
  ...more,
});
const links = [
  { index: 2, name: "eth0" },
  { index: 3, name: "cali1" },
];
const told = (...routes: readonly Route[]) => nodeRoutes(routes, links, new Set(["cali1"]));

test("routes of peers, of own blocks and of workloads are told, others are not", () => {
  expect(
    told(
      route("0.0.0.0/0", { protocol: 3, ifIndex: 2, gateway: "192.0.2.254" }),
      route("192.0.2.0/24", { protocol: 2, ifIndex: 2 }),
      route("10.65.0.1/32", { protocol: 3, ifIndex: 3 }),
      route("10.65.0.0/26", { type: "blackhole" }),
      route("10.65.9.0/26", { type: "unreachable" }),
      route("10.65.0.64/26", { ifIndex: 2, gateway: "192.0.2.2" }),
      route("10.65.8.0/26", { ifIndex: 9, gateway: "192.0.2.3" }),
    ),
  ).toEqual({
    total: 4,
    list: [
      { dst: "10.65.0.64/26", from: "peer", via: "192.0.2.2", dev: "eth0" },
      { dst: "10.65.8.0/26", from: "peer", via: "192.0.2.3" },
      { dst: "10.65.0.0/26", from: "block" },
      { dst: "10.65.0.1/32", from: "workload", dev: "cali1" },
    ],
  });
});

test("of many as many are told as a status may hold, and how many there are", () => {
  const many = Array.from({ length: MAX_TOLD + 5 }, (_, index) =>
    route(`10.0.${index}.0/24`, { ifIndex: 2, gateway: "192.0.2.2" }),
  );
  const { total, list } = told(...many, route("10.65.0.1/32", { protocol: 3, ifIndex: 3 }));
  expect([total, list.length, list.every(({ from }) => from === "peer")]).toEqual([MAX_TOLD + 6, MAX_TOLD, true]);
});
