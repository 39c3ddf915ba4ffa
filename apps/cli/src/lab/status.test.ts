import { expect, test } from "vitest";
import { coversAll } from "./convergence.ts";
import { addressOf, endsOf, findEnd } from "./status.ts";
import type { LabStatus } from "./status.ts";

const workload = (name: string, namespace: string, addresses: readonly string[]) => ({
  name,
  namespace,
  node: "n1",
  addresses,
  labels: {},
  ports: [],
  pid: 1,
});
const status: LabStatus = {
  state: "ready",
  progress: "ready",
  rootless: false,
  daemonPid: 1,
  nodes: [{ name: "n1", addresses: ["172.30.10.11", "fdc0:30:10::11"], agent: "running", agentRestarts: 0 }],
  workloads: [workload("web", "a", ["10.65.0.1"]), workload("web", "b", ["10.65.0.2", "fdc0:65::2"])],
  outside: { name: "outside", addresses: ["172.30.10.100"], ports: [], pid: 2 },
};

test.each([
  ["web", "10.65.0.1"],
  ["b/web", "10.65.0.2"],
  ["fdc0:65::2", "10.65.0.2"],
  ["outside", "172.30.10.100"],
  ["n1", "172.30.10.11"],
  ["172.30.10.11", "172.30.10.11"],
  ["c/web", undefined],
  ["10.65.0.3", undefined],
])("%s is the end at %s", (text, address) => {
  expect(findEnd(status, text)?.addresses[0]).toBe(address);
});

test("ends are workloads, the outside host if there is one, and nodes", () => {
  expect(endsOf(status).map(({ name }) => name)).toEqual(["web", "web", "outside", "n1"]);
  expect(endsOf({ ...status, outside: undefined! }).map(({ name }) => name)).toEqual(["web", "web", "n1"]);
});

test("an end has the address of a family, or none", () => {
  const [first, second] = status.workloads;
  expect([addressOf(first!, 4), addressOf(first!, 6), addressOf(second!, 6)]).toEqual([
    "10.65.0.1",
    undefined,
    "fdc0:65::2",
  ]);
});

test.each([
  ["a route to the block", [{ type: "unicast", dst: "10.65.0.0/26" }], true],
  [
    "a way to each, of both families",
    [
      { type: "unicast", dst: "10.65.0.1/32" },
      { type: "unicast", dst: "::/1" },
    ],
    true,
  ],
  ["the default route alone", [{ type: "unicast", dst: "0.0.0.0/0" }], false],
  ["a blackhole, which is no way to anyone", [{ type: "blackhole", dst: "10.65.0.0/26" }], false],
  ["a route to somewhere else", [{ type: "unicast", dst: "10.66.0.0/26" }], false],
  ["nothing", [], false],
] as const)("a node with %s covers its workloads: %s", (_, routes, covers) => {
  expect(coversAll(routes, ["10.65.0.1"])).toBe(covers);
});

test("one address without a way is one too many", () => {
  const routes = [{ type: "unicast", dst: "10.65.0.0/26" }] as const;
  expect(coversAll(routes, ["10.65.0.1", "10.65.1.1"])).toBe(false);
  expect(coversAll(routes, ["10.65.0.1", "fdc0:65::1"])).toBe(false);
});
