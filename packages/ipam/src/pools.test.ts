import { parseCidr } from "@percale/net";
import { expect, test } from "vitest";
import type { IpamState, IPPoolObject, PoolSpec } from "./index.ts";
import { allPools, enabledPools, poolOf, poolsFor } from "./pools.ts";
import type { PoolChoice, PoolRequest } from "./pools.ts";
import { Books, pool } from "./testdata/books.ts";

const named = ({ name }: { readonly name: string }): string => name;

function stateOf(...pools: readonly IPPoolObject[]): IpamState {
  const namespaceLabels = new Map([["shop", { team: "shop" }]]);
  return { ...new Books([], ["node-1"]).read(), pools, namespaceLabels };
}

function choose(state: IpamState, request: Partial<PoolRequest> = {}): readonly string[] | string {
  const choice: PoolChoice = poolsFor(state, { family: 4, node: "node-1", use: "Workload", ...request });
  return choice.kind === "pools" ? choice.pools.map(named) : choice.message;
}

test.each<[PoolSpec, blockSize: number, uses: readonly string[]]>([
  [{ cidr: "10.0.0.0/16" }, 26, ["Workload", "Tunnel"]],
  [{ cidr: "10.0.0.0/16", blockSize: 0, allowedUses: ["Tunnel"] }, 26, ["Tunnel"]],
  [{ cidr: "10.0.0.0/16", blockSize: 28 }, 28, ["Workload", "Tunnel"]],
  [{ cidr: "fd00::/48" }, 122, ["Workload", "Tunnel"]],
])("a pool of %j has its defaults", (spec, blockSize, uses) => {
  const object = pool("one", spec);
  expect(poolOf(object)).toEqual({ name: "one", cidr: parseCidr(spec.cidr), blockSize, uses, object });
});

test("pools stand in the order of their names", () => {
  const state = stateOf(...["c", "a", "b"].map((name) => pool(name, { cidr: "10.0.0.0/16" })));
  expect(allPools(state).map(named)).toEqual(["a", "b", "c"]);
});

const one = pool("one", { cidr: "10.0.0.0/16" });
const withCondition = (type: string, status: "True" | "False"): IPPoolObject => ({
  ...one,
  status: { conditions: [{ type, status, reason: "Test", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" }] },
});

test.each<[what: string, object: IPPoolObject, isEnabled: boolean]>([
  ["a plain pool", one, true],
  [
    "one that is being deleted",
    { ...one, metadata: { name: "one", deletionTimestamp: "2026-01-01T00:00:00Z" } },
    false,
  ],
  ["one that is disabled", pool("one", { cidr: "10.0.0.0/16", disabled: true }), false],
  ["one that can't be allocated from", withCondition("Allocatable", "False"), false],
  ["one that can", withCondition("Allocatable", "True"), true],
  ["one with another condition", withCondition("Other", "False"), true],
])("%s hands out addresses: %j", (_, object, isEnabled) => {
  expect(enabledPools(stateOf(object)).map(named)).toEqual(isEnabled ? ["one"] : []);
});

const many = stateOf(
  pool("a-shop", { cidr: "10.1.0.0/16", namespaceSelector: 'team == "shop"' }),
  pool("b-all", { cidr: "10.2.0.0/16", nodeSelector: "" }),
  pool("c-other-node", { cidr: "10.3.0.0/16", nodeSelector: 'name == "node-2"' }),
  pool("d-manual", { cidr: "10.4.0.0/16", assignmentMode: "Manual" }),
  pool("e-balancers", { cidr: "10.5.0.0/16", allowedUses: ["LoadBalancer"] }),
  pool("f-six", { cidr: "fd00::/48" }),
);
test.each<[what: string, request: Partial<PoolRequest>, chosen: readonly string[] | string]>([
  ["nothing in particular", {}, ["b-all"]],
  ["in a namespace that is selected", { namespace: "shop" }, ["a-shop", "b-all"]],
  ["in a namespace without labels", { namespace: "else" }, ["b-all"]],
  ["for another use", { use: "LoadBalancer" }, ["e-balancers"]],
  ["IPv6", { family: 6 }, ["f-six"]],
  ["names and CIDRs, in his order", { pools: ["d-manual", "10.1.0.0/16"] }, ["d-manual", "a-shop"]],
  ["an empty list, which says nothing", { pools: [] }, ["b-all"]],
  [
    "a pool of the other family",
    { pools: ["b-all", "f-six"] },
    "the given pool (f-six) does not exist, or is not enabled for IPv4",
  ],
  [
    "a pool for another use",
    { pools: ["e-balancers"] },
    "cannot find a qualified ippool, no pools match the required use (Workload)",
  ],
])("who asks for %s draws from the pools that serve it", (_, request, chosen) => {
  expect(choose(many, request)).toEqual(chosen);
});

test.each<[Partial<PoolRequest>, message: string]>([
  [{}, "no configured IPv4 pool selects node node-1"],
  [{ namespace: "shop" }, "no configured IPv4 pool selects node node-1 and namespace shop"],
])("asking %j where no pool selects is told so", (request, message) => {
  expect(choose(stateOf(pool("else", { cidr: "10.0.0.0/16", nodeSelector: 'name == "node-2"' })), request)).toBe(
    message,
  );
});
