import { emptyState, take } from "@percale/policy";
import type { ActiveEndpoint, NodeUpdate } from "@percale/policy";
import { expect, test } from "vitest";
import { Endpoints } from "./endpoints.ts";
import type { Links } from "./links/links.ts";

const endpoint = (key: string, name: string, more: Partial<ActiveEndpoint> = {}): ActiveEndpoint => ({
  key,
  ref: { kind: "WorkloadEndpoint", namespace: "red", name: key },
  match: { by: "name", name },
  active: true,
  profiles: [],
  stages: {},
  workload: { addresses: [], allowSpoofedSourcePrefixes: [] },
  ...more,
});

/** A node with these links: their names, and whether they run. */
function node(links: Readonly<Record<string, boolean>>) {
  const state = emptyState();
  const endpoints = new Endpoints();
  const seen = {
    of: (name: string) => (name in links ? { name, index: name.length, running: links[name] } : undefined),
  };
  return {
    endpoints,
    tell: (...updates: readonly NodeUpdate[]): void => {
      for (const update of updates) {
        const change = take(state, update);
        if (change !== undefined) endpoints.note(change);
      }
    },
    /** The keys that the pass works on. */
    pass: (...faulty: readonly string[]): readonly string[] => {
      const attached = endpoints.begin(state, seen as unknown as Links); // the part that is asked
      for (const { endpoint } of attached)
        if (faulty.includes(endpoint.key))
          for (const detail of ["first", "second"]) endpoints.fault(endpoint, { state: "error", detail });
      endpoints.end(attached);
      return attached.map(({ endpoint }) => endpoint.key);
    },
    states: () =>
      Object.fromEntries(
        [...endpoints.states].map(([key, { state, detail }]) => [
          key,
          detail === undefined ? state : `${state}: ${detail}`,
        ]),
      ),
  };
}

const put = (...of: readonly ActiveEndpoint[]) => of.map((one): NodeUpdate => ({ t: "endpoint", endpoint: one }));

test("an endpoint that no part finds wrong is up; of what is wrong the first word counts", () => {
  const { tell, pass, states, endpoints } = node({ cali0: true, cali1: true });
  tell(...put(endpoint("a", "cali0"), endpoint("b", "cali1")));
  expect([pass("b"), states()]).toEqual([["a", "b"], { a: "up", b: "error: first" }]);
  expect(endpoints.states.get("a")).toEqual({
    ref: { kind: "WorkloadEndpoint", namespace: "red", name: "a" },
    interfaceName: "cali0",
    state: "up",
    ifIndex: 5,
  });
});

test.each<[what: string, all: readonly ActiveEndpoint[], state: string]>([
  [
    "a host's",
    [endpoint("a", "cali0", { workload: undefined } as object)],
    "error: host endpoints are not in force yet",
  ],
  [
    "on an interface that is another's",
    [endpoint("0", "cali0"), endpoint("a", "cali0")],
    "error: interface cali0 belongs to red/0",
  ],
  ["not active", [endpoint("a", "cali0", { active: false })], "down: endpoint is not active"],
  [
    "on no workload's interface",
    [endpoint("a", "eth0")],
    "error: eth0 is no workload's interface: those begin with cali",
  ],
  ["on an interface that is missing", [endpoint("a", "cali9")], "down: interface cali9 is missing"],
  ["on an interface that is down", [endpoint("a", "cali1")], "down: interface cali1 is down"],
])("an endpoint that is %s is told so at once", (_, all, state) => {
  const { tell, pass, states } = node({ cali0: true, cali1: false, eth0: true });
  tell(...put(...all));
  expect([pass().includes("a"), states()["a"]]).toEqual([false, state]);
});

test("a pass works on what was touched since the last, and on nothing else", () => {
  const { tell, pass, endpoints } = node({ cali0: true, cali1: true, cali2: true });
  tell(...put(endpoint("a", "cali0"), endpoint("b", "cali1")));
  expect([endpoints.isTouched, pass(), endpoints.isTouched, pass()]).toEqual([true, ["a", "b"], false, []]);
  endpoints.touch(["cali1", "cali7"]);
  expect([pass(), pass()]).toEqual([["b"], []]);
  endpoints.touchAll();
  expect([endpoints.isTouched, pass(), pass()]).toEqual([true, ["a", "b"], []]);
});

test("where an endpoint moves away the next one of that interface is looked at, and what is gone is forgotten", () => {
  const { tell, pass, states } = node({ cali0: true, cali1: true });
  tell(...put(endpoint("a", "cali0"), endpoint("b", "cali0")));
  pass();
  expect(states()).toEqual({ a: "up", b: "error: interface cali0 belongs to red/a" });
  tell(...put(endpoint("a", "cali1")));
  expect([pass(), states()]).toEqual([["a", "b"], { a: "up", b: "up" }]);
  tell({ t: "endpointRemoved", key: "a" });
  expect([pass(), states()]).toEqual([[], { b: "up" }]);
});

test("a fault is that of one pass", () => {
  const { tell, pass, states, endpoints } = node({ cali0: true });
  tell(...put(endpoint("a", "cali0")));
  pass("a");
  endpoints.touchAll();
  pass();
  expect(states()).toEqual({ a: "up" });
});
