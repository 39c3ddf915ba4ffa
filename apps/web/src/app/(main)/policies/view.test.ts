import type { BoardTier, PolicyCardView } from "@percale/api";
import { expect, test } from "vitest";
import { without } from "./drop-place.ts";
import type { Step } from "./order-draft.ts";
import { cardOf, columnsOf, endOfTierWords, endpointsOf, orderText, type TierColumn } from "./view.ts";

const view = (name: string, tier: string, order?: number, namespace?: string): PolicyCardView => ({
  ref: namespace === undefined ? { kind: "GlobalNetworkPolicy", name } : { kind: "NetworkPolicy", namespace, name },
  tier,
  ...(order !== undefined && { order }),
  place: 1,
  ingress: true,
  egress: false,
  rules: 1,
  selector: "",
});
const security: BoardTier = {
  name: "security",
  order: 100,
  defaultAction: "Deny",
  exists: true,
  total: 4,
  at: 1,
  cards: [view("b", "security", 20), view("c", "security")],
};
const base: BoardTier = {
  name: "default",
  order: 1_000_000,
  defaultAction: "Deny",
  exists: true,
  total: 1,
  at: 0,
  cards: [view("allow-web", "default", 5, "shop")],
};
const columns = columnsOf([security, base], []);
const names = (told: readonly TierColumn[]) => told.map(({ cards }) => cards.map((card) => card?.ref.name));

test("a column has all its places, and the cards of those that were asked for", () => {
  expect(names(columns)).toEqual([[undefined, "b", "c", undefined], ["allow-web"]]);
});

test("a column has its tier's order and what its end does", () => {
  expect(columns.map(({ name, order, defaultAction, exists }) => [name, order, defaultAction, exists])).toEqual([
    ["security", 100, "Deny", true],
    ["default", 1_000_000, "Deny", true],
  ]);
});

test("steps that the answer does not know of are done at once, each after the other", () => {
  const step = (name: string, tier: string, index: number): Step => ({
    card: columns.flatMap(({ cards }) => cards).find((card) => card?.ref.name === name)!,
    to: { tier, index },
    moves: [],
  });
  const told = (...steps: readonly Step[]) => names(columnsOf([security, base], steps));
  expect(told(step("b", "security", 2))).toEqual([[undefined, "c", "b", undefined], ["allow-web"]]);
  expect(told(step("b", "security", 2), step("b", "security", 3))[0]).toEqual([undefined, "c", undefined, "b"]);
  expect(told(step("allow-web", "security", 0))).toEqual([["allow-web", undefined, "b", "c", undefined], []]);
  expect(columnsOf([security, base], [step("b", "default", 0)])[1]?.cards[0]?.tier).toBe("default");
});

test("where a card is dropped counts it too, its place among the others does not", () => {
  const card = columns[0]!.cards[1]!;
  const place = (tier: string, index: number) => without(card, columns, { tier, index }).index;
  expect([place("security", 0), place("security", 1), place("security", 3), place("default", 1)]).toEqual([0, 1, 2, 1]);
});

test("a card says where its page is", () => {
  expect(cardOf(base.cards[0]!)).toMatchObject({
    path: "networkpolicies/shop/allow-web",
    key: "allow-web/shop/NetworkPolicy",
    tier: "default",
    order: 5,
  });
});

test("a policy is in force on as many endpoints as the server counted; of one that came since nobody knows yet", () => {
  const coverage = new Map(
    Object.entries({ "NetworkPolicy/shop/allow-web": 3, "GlobalNetworkPolicy/b": 0 }).map(([name, count]) => [
      name,
      { name, count },
    ]),
  );
  const cards = columns.flatMap((column) => column.cards.flatMap((card) => card ?? []));
  expect(cards.map((card) => [card.ref.name, endpointsOf(coverage, card)])).toEqual([
    ["b", 0],
    ["c", "waiting"],
    ["allow-web", 3],
  ]);
  expect(endpointsOf("unknown", cards[0]!)).toBe("unknown");
});

test.each<[order: number | undefined, text: string]>([
  [undefined, "last"],
  [0, "0"],
  [12.5, "12.5"],
  [1_000_000, "1000000"],
])("the order %s reads %s, as kubectl prints it", (order, text) => {
  expect(orderText(order)).toBe(text);
});

test("the end of a tier says whose packets come so far, where that ends anything", () => {
  const tally = { open: 0, partly: 0, closed: 0, byProfile: 0 };
  const protection = {
    endpoints: 0,
    openBothWays: 0,
    ingress: tally,
    egress: tally,
    revision: 1,
    ends: [{ name: "Tier/security", ingress: 1200, egress: 3 }],
  };
  const [first, second] = columns as [TierColumn, TierColumn];
  const words = (column: TierColumn) => endOfTierWords(column, protection);
  expect([words(first), words(second)]).toEqual(["1,200 in, 3 out", "never reached"]);
  expect(words({ ...first, defaultAction: "Pass" })).toBeUndefined();
  expect(words({ ...first, cards: [] })).toBeUndefined();
  expect(endOfTierWords(first, "waiting")).toBeUndefined();
});
