import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { NOTHING_COVERED } from "@percale/policy";
import type { CoverageRow } from "../trpc/views.ts";
import { coverage } from "./coverage.ts";
import type { Course } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

const API_VERSION = "projectcalico.org/v3";
const endpoint = (name: string): string =>
  JSON.stringify({
    apiVersion: API_VERSION,
    kind: "WorkloadEndpoint",
    metadata: { name, namespace: "shop", labels: { app: "web" } },
    spec: { node: "n1", profiles: [] },
  });
const POLICY = JSON.stringify({
  apiVersion: API_VERSION,
  kind: "GlobalNetworkPolicy",
  metadata: { name: "all" },
  spec: { tier: "default", selector: "all()", types: ["Ingress"] },
});

function worldOf(...names: readonly string[]): World {
  const world = new World();
  world.take({ changes: [POLICY, ...names.map(endpoint)], isAnew: true, revision: 1 });
  return world;
}

const NAMES = [...Array.from({ length: 9 }, (_, i) => `e${i}`), "old", "new", "one", "two"].map(
  (name) => `shop/${name}`,
);

async function ask(world: World, inSlices: Course["inSlices"]): Promise<readonly unknown[]> {
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  await coverage(world, { per: "endpoint", of: NAMES }, { rows, inSlices });
  rows.end();
  const told = lists.flatMap((list) => JSON.parse(list) as CoverageRow[]);
  return told.map(({ name, count, protection }) => ({ name, count, ingress: protection?.ingress.end }));
}

const atOnce: Course["inSlices"] = async (items, work) => work(items);
const row = (name: string) => ({ name: `shop/${name}`, count: 1, ingress: { by: "tier", tier: "default" } });

test("those who ask together have every policy read once and every endpoint counted once", async () => {
  const names = Array.from({ length: 9 }, (_, i) => `e${i}`);
  const world = worldOf(...names);
  const counted = new Map<unknown, number>();
  const oneByOne: Course["inSlices"] = async (items, work) => {
    for (const item of items) {
      counted.set(item, (counted.get(item) ?? 0) + 1);
      work([item]);
      await nextTurn();
    }
  };
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(world, oneByOne)));
  expect(answers).toEqual(answers.map(() => names.map(row)));
  expect([...counted.values()]).toEqual(Array(1 + names.length).fill(1));
});

test("an answer that ends after the world was made anew is of the old one, and leaves nothing of it in the new one", async () => {
  const world = worldOf("old");
  const { promise: paused, resolve: goOn } = Promise.withResolvers<void>();
  const answer = ask(world, async (items, work) => {
    await paused;
    work(items);
  });
  world.take({ changes: [POLICY, endpoint("new")], isAnew: true, revision: 2 });
  goOn();
  expect(await answer).toEqual([row("old")]);
  expect(await world.coverage).toBe(NOTHING_COVERED);
  expect(await ask(world, atOnce)).toEqual([row("new")]);
});

test("an answer that ends after the world moved on is of the state that was asked about", async () => {
  const world = worldOf("one");
  const { promise: paused, resolve: goOn } = Promise.withResolvers<void>();
  const answer = ask(world, async (items, work) => {
    await paused;
    work(items);
  });
  world.take({ changes: [endpoint("two")], revision: 2 });
  const next = ask(world, atOnce);
  goOn();
  expect([await answer, await next]).toEqual([[row("one")], [row("one"), row("two")]]);
});

test("an answer that fails spoils none that comes after it", async () => {
  const world = worldOf("e0");
  await expect(ask(world, () => Promise.reject(new Error("no turn")))).rejects.toThrow("no turn");
  expect(await ask(world, atOnce)).toEqual([row("e0")]);
});
