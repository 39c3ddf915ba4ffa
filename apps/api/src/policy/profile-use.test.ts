import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import { endpoints } from "../lists/endpoints.ts";
import type { ProfileUseRow } from "../trpc/views.ts";
import { profileUse } from "./profile-use.ts";
import type { Course } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

const endpoint = (name: string, profiles?: readonly string[]): string =>
  JSON.stringify({
    apiVersion: API_VERSION,
    kind: "WorkloadEndpoint",
    metadata: { name, namespace: "shop" },
    spec: { node: "n1", ...(profiles !== undefined && { profiles }) },
  });
const world = new World();
const changes = [endpoint("a", ["kns.shop", "ksa.shop.x"]), endpoint("b", ["kns.shop", "kns.shop"]), endpoint("c")];
world.take({ changes, isAnew: true, revision: 1 });
const lists: string[] = [];
const course: Course = { rows: new Rows((list) => lists.push(list)), inSlices: async (items, work) => work(items) };

test("of each profile it is told how many endpoints have it, once however often they name it", async () => {
  await profileUse(world, course);
  course.rows.end();
  expect(lists.flatMap((list) => JSON.parse(list) as ProfileUseRow[])).toEqual([
    { name: "kns.shop", endpoints: 2 },
    { name: "ksa.shop.x", endpoints: 1 },
  ]);
});

test("endpoints of a profile are listed", async () => {
  const of = async (profile: string) => {
    const { rows, matched } = await endpoints(world, { profile, sort: "name", at: 0, limit: 1 }, course);
    return [rows.map(({ name }) => name), matched];
  };
  expect([await of("kns.shop"), await of("kns"), await of("ksa.shop.x")]).toEqual([
    [["a"], 2],
    [[], 0],
    [["a"], 1],
  ]);
});
