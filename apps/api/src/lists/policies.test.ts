import { comparePolicies, orderOf } from "@percale/policy";
import { API_VERSION, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerTo } from "../policy/questions.ts";
import type { Course, Question } from "../policy/questions.ts";
import { Rows } from "../policy/rows.ts";
import { World } from "../policy/world.ts";
import { boardInput, policiesInput, tierOrderInput } from "../trpc/inputs.ts";
import type { BoardView, OrderedPolicy, PolicyListView } from "../trpc/views.ts";

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const everywhere = (name: string, spec: object, metadata: object = {}): KubeObject =>
  object("GlobalNetworkPolicy", name, spec, metadata);
const inShop = (name: string, spec: object): KubeObject => object("NetworkPolicy", name, spec, { namespace: "shop" });

const shop = [
  object("Tier", "default", { order: 1_000_000 }),
  object("Tier", "security", { order: 100, defaultAction: "Pass" }),
  object("Tier", "empty", { order: 200 }),
  everywhere("z", { tier: "security", order: 10 }, { labels: { team: "net" } }),
  everywhere("last", { tier: "security" }),
  everywhere("a", { tier: "security", order: 10, types: ["Egress"], egress: [{ action: "Pass" }] }),
  inShop("allow-web", {
    order: 5,
    selector: "app == 'web'",
    types: ["Ingress"],
    ingress: [{ action: "Allow" }, { action: "Deny" }],
    egress: [{ action: "Allow" }],
  }),
  everywhere("lost", { tier: "gone", order: 1 }),
];

function worldOf(objects: readonly KubeObject[]): World {
  const world = new World();
  world.take({ changes: objects.map((one) => JSON.stringify(one)), isAnew: true, revision: 1 });
  return world;
}

async function ask(world: World, question: Question, rows = new Rows(() => undefined)): Promise<unknown> {
  const inSlices: Course["inSlices"] = async (items, work) => work(items);
  return answerTo(world, question, { rows, inSlices });
}
const board = async (asked: object = {}, world = worldOf(shop)): Promise<BoardView> =>
  (await ask(world, { ask: "board", about: boardInput.parse(asked) })) as BoardView;
const list = async (asked: object = {}, world = worldOf(shop)): Promise<PolicyListView> =>
  (await ask(world, { ask: "policies", about: policiesInput.parse(asked) })) as PolicyListView;
const names = ({ rows }: PolicyListView) => rows.map(({ ref }) => ref.name);
const cards = ({ tiers }: BoardView) =>
  tiers.map(({ name, at, cards: shown }) => [name, at, shown.map(({ ref }) => ref.name)]);

describe("the board", () => {
  test("has tiers and cards in evaluation order; one that nobody made stands last", async () => {
    const { tiers, ...told } = await board();
    expect(told).toEqual({ total: 5, matched: 5, revision: 1 });
    expect(tiers.map(({ cards: shown, ...tier }) => [tier, shown.map(({ ref, place }) => [ref.name, place])])).toEqual([
      [
        { name: "security", order: 100, defaultAction: "Pass", exists: true, total: 3, at: 0 },
        [
          ["a", 1],
          ["z", 2],
          ["last", 3],
        ],
      ],
      [{ name: "empty", order: 200, defaultAction: "Deny", exists: true, total: 0, at: 0 }, []],
      [{ name: "default", order: 1_000_000, defaultAction: "Deny", exists: true, total: 1, at: 0 }, [["allow-web", 4]]],
      [{ name: "gone", defaultAction: "Deny", exists: false, total: 1, at: 0 }, [["lost", 5]]],
    ]);
  });

  test("says of a policy what its card shows, and no rule", async () => {
    const { tiers } = await board();
    expect(tiers[2]?.cards).toEqual([
      {
        ref: { kind: "NetworkPolicy", namespace: "shop", name: "allow-web" },
        tier: "default",
        order: 5,
        place: 4,
        ingress: true,
        egress: false,
        rules: 2, // of the direction that it governs
        selector: "app == 'web'",
      },
    ]);
    expect(tiers[0]?.cards[0]).toMatchObject({ ingress: false, egress: true, rules: 1, onlyPasses: true });
  });

  test("passes nothing on for a rule that has a condition", async () => {
    const passes = async (rule: object) => {
      const spec = { types: ["Ingress"], ingress: [{ action: "Pass" }, rule] };
      return (await board({}, worldOf([everywhere("p", spec)]))).tiers[0]?.cards[0]?.onlyPasses;
    };
    expect(
      await Promise.all(
        [
          { action: "Pass", source: {} },
          { action: "Pass", protocol: "TCP" },
        ].map(passes),
      ),
    ).toEqual([true, undefined]);
  });

  test("has the cards that are on screen alone", async () => {
    const windows = [
      { tier: "security", at: 1, limit: 1 },
      { tier: "no-more", at: 0, limit: 9 },
    ];
    expect(cards(await board({ windows }))).toEqual([
      ["security", 1, ["z"]],
      ["empty", 0, []],
      ["default", 0, []],
      ["gone", 0, []],
    ]);
    expect(cards(await board({ first: 1 }))[0]).toEqual(["security", 0, ["a"]]);
  });

  test.each<[filter: object, lit: readonly string[]]>([
    [{}, ["a", "z", "last", "allow-web", "lost"]],
    [{ q: "'WEB'" }, ["allow-web"]],
    [{ q: "team=net" }, ["z"]],
    [{ q: "nothing" }, []],
    [{ ns: "!shop" }, ["a", "z", "last", "lost"]],
    [{ ns: "shop" }, ["a", "z", "last", "allow-web", "lost"]],
    [{ ns: "bank", q: "l" }, ["last", "lost"]],
  ])("fades what %j does not let through, and counts the rest", async (filter, lit) => {
    const { tiers, matched } = await board(filter);
    const shown = tiers.flatMap((tier) => tier.cards);
    expect(shown.filter(({ isFaded }) => isFaded !== true).map(({ ref }) => ref.name)).toEqual(lit);
    expect([matched, shown.length]).toEqual([lit.length, 5]);
  });

  test("is as it would be after the moves of a draft, and stays as it is stored", async () => {
    const world = worldOf(shop);
    const moves = [
      { kind: "GlobalNetworkPolicy", name: "last", tier: "security", order: 1 },
      { kind: "NetworkPolicy", namespace: "shop", name: "allow-web", tier: "empty", order: 7 },
    ];
    expect(cards(await board({ moves }, world))).toEqual([
      ["security", 0, ["last", "a", "z"]],
      ["empty", 0, ["allow-web"]],
      ["default", 0, []],
      ["gone", 0, ["lost"]],
    ]);
    expect(names(await list({ moves }, world))).toEqual(["last", "a", "z", "allow-web", "lost"]);
    expect(names(await list({}, world))).toEqual(["a", "z", "last", "allow-web", "lost"]);
  });

  test("follows what changes", async () => {
    const world = worldOf(shop);
    await board({}, world);
    const changes = [JSON.stringify(inShop("first", { order: 1 })), refOf(shop[3]!)];
    world.take({ changes, revision: 2 });
    expect(cards(await board({}, world)).map(([, , shown]) => shown)).toEqual([
      ["a", "last"],
      [],
      ["first", "allow-web"],
      ["lost"],
    ]);
  });
});

test.each<[asked: object, told: readonly string[]]>([
  [{}, ["a", "z", "last", "allow-web", "lost"]],
  [{ sort: "-place" }, ["lost", "allow-web", "last", "z", "a"]],
  [{ sort: "name" }, ["a", "allow-web", "last", "lost", "z"]],
  [{ sort: "order" }, ["lost", "allow-web", "a", "z", "last"]],
  [{ sort: "-rules" }, ["allow-web", "a", "lost", "last", "z"]],
  [{ sort: "tier", at: 1, limit: 2 }, ["lost", "a"]],
  [{ q: "web" }, ["allow-web"]],
])("policies are listed as %j", async (asked, told) => {
  expect(names(await list(asked))).toEqual(told);
});

test("of two filters the list says how many there would be without each", async () => {
  const { rows: _rows, ...told } = await list({ q: "web", ns: "!shop" });
  expect(told).toEqual({ matched: 0, total: 5, without: { q: 4, ns: 1 }, revision: 1 });
});

test.each(["colour", "constructor", "-__proto__"])("no list of policies is sorted by %s", async (sort) => {
  await expect(list({ sort })).rejects.toMatchObject({ code: 400 });
});

test("a tier is told whole to who numbers it anew", async () => {
  const told: OrderedPolicy[] = [];
  const rows = new Rows((text) => told.push(...(JSON.parse(text) as OrderedPolicy[])));
  await ask(worldOf(shop), { ask: "tierOrder", about: tierOrderInput.parse({ tier: "security" }) }, rows);
  rows.end();
  const global = (name: string) => ({ kind: "GlobalNetworkPolicy", name });
  expect(told).toEqual([
    { ref: global("a"), tier: "security", order: 10 },
    { ref: global("z"), tier: "security", order: 10 },
    { ref: global("last"), tier: "security" },
  ]);
});

test("policies stand as the engine compares them, whatever their names and orders", async () => {
  const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,4}[a-z0-9])?$/);
  const order = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined });
  const policy = fc
    .tuple(fc.constantFrom("GlobalNetworkPolicy", "NetworkPolicy"), name, order)
    .map(([kind, own, at]) =>
      object(kind, own, at === undefined ? {} : { order: at }, kind === "NetworkPolicy" ? { namespace: "shop" } : {}),
    );
  const several = fc.uniqueArray(policy, { selector: ({ kind, metadata }) => `${kind} ${metadata.name}` });
  await fc.assert(
    fc.asyncProperty(several, async (objects) => {
      const placeOf = ({ kind, metadata, spec }: KubeObject) => ({
        kind,
        name: metadata.name,
        namespace: metadata.namespace,
        order: orderOf(spec as { order?: number }),
      });
      const told = await list({ limit: 200 }, worldOf(objects));
      expect(told.rows.map(({ ref }) => ref)).toEqual(
        objects.toSorted((a, b) => comparePolicies(placeOf(a), placeOf(b))).map(refOf),
      );
    }),
  );
});
