import { API_VERSION } from "@percale/resources";
import { expect, test } from "vitest";
import type { SetUseRow } from "../trpc/views.ts";
import type { Course } from "./questions.ts";
import { Rows } from "./rows.ts";
import { setUse } from "./set-use.ts";
import { World } from "./world.ts";

const object = (kind: string, name: string, spec: object, more: object = {}): string =>
  JSON.stringify({ apiVersion: API_VERSION, kind, metadata: { name, ...more }, spec });
const nets = { nets: ["192.0.2.0/24"] };
const inShop = { namespace: "shop" };
const atOnce: Course["inSlices"] = async (items, work) => work(items);

/** `set: owner direction rule side` of each use. */
async function ask(...objects: readonly string[]): Promise<readonly string[]> {
  const world = new World();
  world.take({ changes: objects, isAnew: true, revision: 1 });
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  await setUse(world.evaluator, { rows, inSlices: atOnce });
  rows.end();
  return lists
    .flatMap((list) => JSON.parse(list) as SetUseRow[])
    .flatMap(({ name, uses }) =>
      uses.map(
        ({ owner, direction, rule, side, isNot }) =>
          `${name}: ${owner.name} ${direction} ${rule} ${side}${isNot === true ? " not" : ""}`,
      ),
    );
}

const corp = object("GlobalNetworkSet", "corp", nets, { labels: { zone: "corp" } });
const branch = object("NetworkSet", "branch", nets, { ...inShop, labels: { zone: "corp" } });

test("a set is used by each side of a rule that selects it, of policies and profiles", async () => {
  const from = { action: "Allow", source: { selector: "zone == 'corp'" } };
  const to = { action: "Allow", destination: { selector: "has(zone)" } };
  expect(
    await ask(
      corp,
      object("GlobalNetworkPolicy", "default.edge", {
        tier: "default",
        ingress: [{ action: "Deny" }, from],
        egress: [to],
      }),
      object("Profile", "open", { ingress: [from] }),
    ),
  ).toEqual([
    "GlobalNetworkSet/corp: default.edge egress 0 destination",
    "GlobalNetworkSet/corp: default.edge ingress 1 source",
    "GlobalNetworkSet/corp: open ingress 0 source",
  ]);
});

test("a namespace's rules select its own sets, and global ones only where they say so", async () => {
  const source = { selector: "zone == 'corp'" };
  const policy = (name: string, more: object) =>
    object(
      "NetworkPolicy",
      name,
      { tier: "default", ingress: [{ action: "Allow", source: { ...source, ...more } }] },
      inShop,
    );
  expect(
    await ask(corp, branch, policy("default.own", {}), policy("default.global", { namespaceSelector: "global()" })),
  ).toEqual([
    "NetworkSet/shop/branch: default.own ingress 0 source",
    "GlobalNetworkSet/corp: default.global ingress 0 source",
  ]);
});

test("whoever is named as left out is used too; a rule for anywhere selects no set, nor does one that does not parse", async () => {
  const rules = [
    { action: "Deny", source: { notSelector: "zone == 'corp'" } },
    { action: "Allow", source: { selector: "has(zone)", notSelector: "zone == 'corp'" } },
    { action: "Allow", source: { nets: ["192.0.2.0/24"] } },
    { action: "Allow", source: { selector: "zone ==" } },
    { action: "Allow" },
  ];
  expect(await ask(corp, object("GlobalNetworkPolicy", "default.p", { tier: "default", ingress: rules }))).toEqual([
    "GlobalNetworkSet/corp: default.p ingress 0 source not",
  ]);
});

test("of a set that many rules select the first are told and all are counted", async () => {
  const ingress = Array.from({ length: 60 }, () => ({ action: "Allow", source: { selector: "all()" } }));
  const world = new World();
  const changes = [corp, object("GlobalNetworkPolicy", "default.p", { tier: "default", ingress })];
  world.take({ changes, isAnew: true, revision: 1 });
  const lists: string[] = [];
  const rows = new Rows((list) => lists.push(list));
  await setUse(world.evaluator, { rows, inSlices: atOnce });
  rows.end();
  const [row] = JSON.parse(lists[0]!) as SetUseRow[];
  expect([row?.count, row?.uses.length, row?.uses.at(-1)?.rule]).toEqual([60, 50, 49]);
});

test("others have their turn while policies are read, and while what they select is matched", async () => {
  const spec = { tier: "default", ingress: [{ action: "Allow", source: { selector: "zone == 'corp'" } }] };
  const world = new World();
  const policies = ["a", "b"].map((name) => object("GlobalNetworkPolicy", name, spec));
  world.take({ changes: [corp, ...policies], isAnew: true, revision: 1 });
  const sliced: number[] = [];
  const inSlices: Course["inSlices"] = async (items, work) => {
    sliced.push(items.length);
    work(items);
  };
  await setUse(world.evaluator, { rows: new Rows(() => undefined), inSlices });
  expect(sliced).toEqual([2, 1]); // two that say the same
});
