import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import type { ShadowRow } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import { Rows } from "./rows.ts";
import { shadows } from "./shadows.ts";
import { World } from "./world.ts";

const json = (kind: string, name: string, spec: object, metadata: object = {}): string =>
  JSON.stringify({ apiVersion: API_VERSION, kind, metadata: { name, ...metadata }, spec });
const endpoint = (name: string): string =>
  json("WorkloadEndpoint", name, { node: "n1", profiles: [] }, { namespace: "shop", labels: { app: name } });
const policy = (name: string, order: number, spec: object): string =>
  json("GlobalNetworkPolicy", name, { tier: "default", order, selector: "all()", types: ["Ingress"], ...spec });
const deny = policy("deny", 1, { ingress: [{ action: "Deny" }] });
const allow = policy("allow", 2, { ingress: [{ action: "Allow", protocol: "TCP" }] });

function worldOf(changes: readonly string[]): World {
  const world = new World();
  world.take({ changes, isAnew: true, revision: 1 });
  return world;
}

async function ask(world: World, inSlices: Course["inSlices"]): Promise<readonly ShadowRow[]> {
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  await shadows(world, { rows, inSlices });
  rows.end();
  return lists.flatMap((list) => JSON.parse(list) as ShadowRow[]);
}

const byDeny = [{ name: "GlobalNetworkPolicy/allow", by: [{ kind: "GlobalNetworkPolicy", name: "deny" }] }];

test("endpoints are looked at once for all who ask, until something changes that it depends on", async () => {
  const world = worldOf([endpoint("a"), endpoint("b"), deny, allow]);
  let looked = 0;
  const counting: Course["inSlices"] = async (items, work) => {
    looked += items.length;
    work(items);
  };
  expect(await Promise.all([ask(world, counting), ask(world, counting)])).toEqual([byDeny, byDeny]);
  world.take({ changes: [json("IPPool", "pool", { cidr: "10.0.0.0/16" })], revision: 2 });
  expect([await ask(world, counting), looked]).toEqual([byDeny, 2]);
  world.take({ changes: [policy("deny", 1, { selector: "app == 'a'", ingress: [{ action: "Deny" }] })], revision: 3 });
  expect([await ask(world, counting), looked]).toEqual([[], 4]);
});

test("who fails leaves nothing to the next", async () => {
  const world = worldOf([endpoint("a"), deny, allow]);
  await expect(ask(world, () => Promise.reject(new Error("closing")))).rejects.toThrow("closing");
  expect(await ask(world, async (items, work) => work(items))).toEqual(byDeny);
});
