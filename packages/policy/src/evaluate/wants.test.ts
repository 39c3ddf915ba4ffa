import type { PolicyRule } from "@percale/resources";
import { expect, test } from "vitest";
import { wantsOf } from "./wants.ts";

const nets = ["10.0.0.0/8", "10.1.0.0/16", "fd00::/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];

test.each<[field: string, rule: Omit<PolicyRule, "action">, wants: string]>([
  ["ipVersion", { ipVersion: 6 }, "IPv6"],
  ["protocol", { protocol: "UDP" }, "UDP"],
  ["notProtocol", { notProtocol: 17 }, "17"],
  ["icmp", { icmp: { type: 8, code: 0 } }, "type 8, code 0"],
  ["notICMP", { notICMP: { type: 8 } }, "type 8"],
  ["source.selector", { source: { selector: "app == 'cart'" } }, "app == 'cart' in namespace shop"],
  [
    "source.selector",
    { source: { selector: "app == 'cart'", namespaceSelector: "team == 'web'" } },
    "app == 'cart' in namespaces team == 'web'",
  ],
  ["source.selector", { source: { namespaceSelector: "global()" } }, "any workload in namespaces global()"],
  [
    "destination.selector",
    { destination: { serviceAccounts: { names: ["api"], selector: "role == 'x'" } } },
    "service account api and service account role == 'x' in namespace shop",
  ],
  ["destination.notSelector", { destination: { notSelector: "has(canary)" } }, "has(canary)"],
  ["destination.ports", { destination: { ports: [80, "http", "8000:9000"] } }, "80, http, 8000:9000"],
  ["source.notPorts", { source: { notPorts: [22] } }, "22"],
  ["source.nets", { source: { nets } }, "10.0.0.0/8, 10.1.0.0/16, fd00::/8, 192.0.2.0/24 and 2 more"],
  ["source.notNets", { source: { notNets: ["10.0.0.0/8"] } }, "10.0.0.0/8"],
  ["destination.services", { destination: { services: { name: "db" } } }, "service shop/db"],
])("in %s the rule %j of a policy in shop wants %s", (field, rule, wants) => {
  expect(wantsOf({ action: "Allow", ...rule }, field, "shop")).toBe(wants);
});

test("a rule of the whole cluster says no namespace, and no text grows without end", () => {
  const selector = `name in {'${"x".repeat(500)}'}`;
  expect(wantsOf({ action: "Allow", source: { selector: "all()" } }, "source.selector", undefined)).toBe("all()");
  expect(wantsOf({ action: "Allow", source: { selector } }, "source.selector", undefined)).toHaveLength(160);
});
