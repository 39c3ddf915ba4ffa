import { API_VERSION, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpointInput, endpointsInput, objectsInput } from "../trpc/inputs.ts";
import type { EndpointListView, EndpointView, ObjectRowsView } from "../trpc/views.ts";
import { answerTo, isLong } from "../policy/questions.ts";
import type { Course, Question } from "../policy/questions.ts";
import { Rows } from "../policy/rows.ts";
import { World } from "../policy/world.ts";
import { reordered } from "./orders.ts";

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const pod = (name: string, node: string, address: string, app = "web", namespace = "shop"): KubeObject =>
  object(
    "WorkloadEndpoint",
    `${node}-k8s-${name}-eth0`,
    { node, pod: name, profiles: ["open"], ipNetworks: [`${address}/32`] },
    { namespace, labels: { app } },
  );
const shop = [
  object("Profile", "open", { ingress: [{ action: "Allow" }], egress: [{ action: "Allow" }] }),
  object("NetworkPolicy", "db", { tier: "t", selector: "app == 'db'", types: ["Ingress"] }, { namespace: "shop" }),
  pod("web-10", "n2", "10.0.0.10"),
  pod("web-9", "n10", "10.0.0.9"),
  pod("db", "n2", "10.0.0.2", "db"),
  pod("probe", "n3", "10.0.1.1", "probe", "ops"),
];

function worldOf(objects: readonly KubeObject[]): World {
  const world = new World();
  world.take({ changes: objects.map((one) => JSON.stringify(one)), isAnew: true, revision: 1 });
  return world;
}

async function ask(world: World, question: Question): Promise<unknown> {
  const inSlices: Course["inSlices"] = async (items, work) => work(items);
  return answerTo(world, question, { rows: new Rows(() => undefined), inSlices });
}
const endpoints = async (asked: object, world = worldOf(shop)): Promise<EndpointListView> =>
  (await ask(world, { ask: "endpoints", about: endpointsInput.parse(asked) })) as EndpointListView;
const objects = async (asked: object, world = worldOf(shop)): Promise<ObjectRowsView> =>
  (await ask(world, { ask: "objects", about: objectsInput.parse(asked) })) as ObjectRowsView;
const names = ({ rows }: EndpointListView): readonly string[] => rows.map(({ name }) => name);

describe("endpoints are listed", () => {
  test("with what the page shows of each", async () => {
    expect(await endpoints({ q: "DB" })).toEqual({
      rows: [
        {
          key: "shop/n2-k8s-db-eth0",
          namespace: "shop",
          name: "db",
          objectName: "n2-k8s-db-eth0",
          node: "n2",
          addresses: ["10.0.0.2"],
          labels: { app: "db" },
        },
      ],
      matched: 1,
      total: 4,
      revision: 1,
    });
  });

  test.each<[asked: object, told: readonly string[]]>([
    [{}, ["probe", "db", "web-9", "web-10"]],
    [{ sort: "-name" }, ["web-10", "web-9", "db", "probe"]],
    [{ sort: "node" }, ["db", "web-10", "probe", "web-9"]],
    [{ sort: "address" }, ["db", "web-9", "web-10", "probe"]],
    [{ sort: "policies" }, ["probe", "web-9", "web-10", "db"]],
    [{ sort: "-ingress" }, ["db", "web-10", "web-9", "probe"]],
    [{ sort: "state", first: ["shop/n10-k8s-web-9-eth0"] }, ["web-9", "probe", "db", "web-10"]],
    [{ q: "app=web" }, ["web-9", "web-10"]],
    [{ q: "10.0.1" }, ["probe"]],
    [{ q: "n2-k8s" }, ["db", "web-10"]],
    [{ ns: "ops" }, ["probe"]],
    [{ ns: "!ops,none" }, ["db", "web-9", "web-10"]],
    [{ node: "n2,n3" }, ["probe", "db", "web-10"]],
    [{ policy: { kind: "NetworkPolicy", namespace: "shop", name: "db" } }, ["db"]],
    [{ policy: { kind: "NetworkPolicy", namespace: "shop", name: "none" } }, []],
    [{ ingress: "open" }, ["probe", "web-9", "web-10"]],
    [{ ingress: "closed", egress: "open" }, ["db"]],
    [{ ingress: "closed", egress: "closed" }, []],
    [{ at: 1, limit: 2 }, ["db", "web-9"]],
    [{ at: 9 }, []],
  ])("%j", async (asked, told) => {
    expect(names(await endpoints(asked))).toEqual(told);
  });

  test.each(["colour", "constructor", "-__proto__"])("by no column that they do not have: %s", async (sort) => {
    await expect(endpoints({ sort })).rejects.toMatchObject({ code: 400 });
  });

  test("as they are now, whatever changed since they were listed last", async () => {
    const world = worldOf(shop);
    expect(names(await endpoints({ sort: "node" }, world))).toEqual(["db", "web-10", "probe", "web-9"]);
    const changes = [
      JSON.stringify(pod("web-10", "n2", "10.0.0.11")),
      { ...refOf(shop[5]!) },
      JSON.stringify(pod("new", "n1", "10.0.0.1")),
    ];
    world.take({ changes, revision: 2 });
    const told = await endpoints({ sort: "node" }, world);
    expect([names(told), told.total, told.revision]).toEqual([["new", "db", "web-10", "web-9"], 4, 2]);
    world.take({ changes: [JSON.stringify(shop[2])], isAnew: true, revision: 3 });
    expect(names(await endpoints({}, world))).toEqual(["web-10"]);
  });

  test("in a turn, but where it must be counted first what is in force where", () => {
    const is = (asked: object): boolean => isLong({ ask: "endpoints", about: endpointsInput.parse(asked) });
    expect([{}, { sort: "-node" }, { sort: "-policies" }, { egress: "open" }].map(is)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

test.each<[name: string, meant: string | undefined]>([
  ["shop/n2-k8s-db-eth0", "db"],
  ["shop/db", "db"],
  ["db", "db"],
  ["10.0.1.1", "probe"],
  ["n10-k8s-web-9-eth0", "web-9"],
  ["shop/web", "web-9"],
  ["we", "web-9"],
  ["nobody", undefined],
])("the text %s means the endpoint %s", async (name, meant) => {
  const about = endpointInput.parse({ name });
  const { found } = (await ask(worldOf(shop), { ask: "endpoint", about })) as EndpointView;
  expect(found?.row.name).toBe(meant);
  if (found !== null) expect(found.object.metadata.name).toBe(found.row.objectName);
});

describe("objects of a kind are listed", () => {
  const tiers = [
    object("Tier", "b", { order: 9, defaultAction: "Deny" }, { creationTimestamp: "2026-11-21T10:00:00Z" }),
    object("Tier", "a", { order: 10, defaultAction: "Pass" }, { labels: { team: "x" } }),
    object("Tier", "last", { defaultAction: "Deny" }),
  ];
  const listed = async (asked: object): Promise<ObjectRowsView> => objects({ kind: "Tier", ...asked }, worldOf(tiers));
  const order = async (asked: object) => (await listed(asked)).rows.map(({ ref }) => ref.name);

  test("in the columns of the kind, a date as it stands", async () => {
    const since = "2026-11-21T10:00:00Z";
    const node = object("Node", "n1", { bgp: { ipv4Address: "192.0.2.1/24" } }, { creationTimestamp: since });
    const { rows, ...told } = await objects({ kind: "Node" }, worldOf([node, ...tiers]));
    expect(told).toEqual({ matched: 1, total: 1, revision: 1 });
    expect(rows).toEqual([
      { ref: { kind: "Node", name: "n1" }, cells: expect.arrayContaining(["n1", since]) as unknown },
    ]);
  });

  test.each<[asked: object, told: readonly string[]]>([
    [{}, ["a", "b", "last"]],
    [{ sort: "Order" }, ["b", "a", "last"]],
    [{ sort: "-Order" }, ["last", "a", "b"]],
    [{ q: "team" }, ["a"]],
    [{ q: "Team=X" }, ["a"]],
    [{ q: "las" }, ["last"]],
    [{ q: "pass" }, ["a"]],
  ])("%j", async (asked, told) => {
    expect(await order(asked)).toEqual(told);
  });

  test("but none that do not exist, nor by columns that do not", async () => {
    await expect(objects({ kind: "Colour" })).rejects.toMatchObject({ code: 400 });
    await expect(listed({ sort: "Colour" })).rejects.toMatchObject({ code: 400 });
  });
});

test("pages of a list hold each row once, in one order, and no page is longer than a page", async () => {
  const many = Array.from({ length: 1_000 }, (_, i) =>
    pod(`p${(i * 7) % 1_000}`, `n${i % 9}`, `10.1.${i >> 8}.${i & 255}`),
  );
  const world = worldOf(many);
  const pages = await Promise.all(Array.from({ length: 10 }, (_, page) => endpoints({ at: page * 100 }, world)));
  expect(pages.flatMap(names)).toEqual(Array.from({ length: 1_000 }, (_, i) => `p${i}`));
  for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(32_000);
});

test("an order followed from state to state is the one made afresh", () => {
  const state = fc.uniqueArray(fc.nat(40), { maxLength: 20 });
  const compare = (a: number, b: number): number => a - b;
  fc.assert(
    fc.property(fc.array(state, { maxLength: 5 }), (states) => {
      let list: readonly number[] = [];
      for (const now of states) expect((list = reordered(list, now, compare))).toEqual([...now].sort(compare));
    }),
  );
});

test("what is asked again about an unchanged kind costs no new order", async () => {
  const world = worldOf(shop);
  await endpoints({}, world);
  const before = world.orders.by("name", {
    objects: world.evaluator.objects,
    kinds: ["WorkloadEndpoint"],
    keyOf: fail,
  });
  world.take({ changes: [JSON.stringify(object("Tier", "t", {}))], revision: 2 });
  expect(world.orders.by("name", { objects: world.evaluator.objects, kinds: ["WorkloadEndpoint"], keyOf: fail })).toBe(
    before,
  );
});

function fail(): never {
  throw new Error("no key is made twice");
}
