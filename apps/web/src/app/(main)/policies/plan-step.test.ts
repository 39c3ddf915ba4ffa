import { comparePolicies, orderOf } from "@percale/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { movesOf, realMoves, type Step } from "./order-draft.ts";
import { planStep } from "./plan-step.ts";
import { type Card, cardOf } from "./view.ts";

const card = (name: string, order: number | undefined, tier = "t"): Card =>
  cardOf({
    ref: { kind: "GlobalNetworkPolicy", name },
    tier,
    ...(order !== undefined && { order }),
    place: 1,
    ingress: true,
    egress: false,
    rules: 1,
    selector: "",
  });

/** As the engine has it. */
const placeOf = ({ ref, order }: Card) => ({ ...ref, namespace: ref.namespace, order: orderOf({ order }) });
const compareCards = (a: Card, b: Card) => comparePolicies(placeOf(a), placeOf(b));
const tier = (...orders: (number | undefined)[]) => ({
  name: "t",
  cards: orders.map((order, index) => card(`p${index}`, order)).sort(compareCards),
});
const orders = (step: Step | undefined) => step?.moves.map(({ ref, from, to }) => [ref.name, from.order, to.order]);

test("a policy moved between two others gets the middle of their orders", () => {
  expect(planStep(tier(100, 200, 300), card("p2", 300), 1)).toEqual({
    card: card("p2", 300),
    to: { tier: "t", index: 1 },
    moves: [
      {
        key: "p2//GlobalNetworkPolicy",
        ref: { kind: "GlobalNetworkPolicy", name: "p2" },
        from: { tier: "t", order: 300 },
        to: { tier: "t", order: 150 },
      },
    ],
  });
});

test("a policy moved to the end goes one step past the last", () => {
  expect(orders(planStep(tier(100, 200), card("p0", 100), 1))).toEqual([["p0", 100, 300]]);
});

test("where neighbours leave no room the next ones get other orders, on the side where they are fewer", () => {
  expect(orders(planStep(tier(10, 10, 10, 500), card("p2", 10), 1))).toEqual([
    ["p2", 10, 170],
    ["p1", 10, 340],
  ]);
  expect(orders(planStep(tier(10, 10, 10, 10), card("p3", 10), 1))).toEqual([
    ["p0", 10, -190],
    ["p3", 10, -90],
  ]);
});

test("a policy behind one without order gives that one an order too", () => {
  expect(orders(planStep(tier(100, undefined, undefined), card("p0", 100), 2))).toEqual([
    ["p1", undefined, 100],
    ["p2", undefined, 200],
    ["p0", 100, 300],
  ]);
});

test("a policy that comes from another tier moves, though its number may stay", () => {
  expect(orders(planStep(tier(10, 300), card("new", 160, "other"), 1))).toEqual([["new", 160, 160]]);
  expect(orders(planStep({ name: "t", cards: [] }, card("new", 7, "other"), 0))).toEqual([["new", 7, 100]]);
});

test("dropping a policy where it is changes nothing", () => {
  expect(planStep(tier(1, 2, 3), card("p1", 2), 1)?.moves).toEqual([]);
});

test("among cards that are known a step is planned, else the whole tier is wanted", () => {
  const { cards } = tier(100, 200, 200, 300);
  const some = { name: "t", cards: [undefined, ...cards.slice(0, 3), undefined] };
  expect(orders(planStep(some, card("p2", 200), 2))).toEqual([["p2", 200, 150]]);
  expect(planStep(some, card("p0", 100), 3)).toBeUndefined(); // nobody knows what comes behind
  const equal = { name: "t", cards: [undefined, ...cards.slice(1, 3), undefined] };
  expect(planStep(equal, card("new", 100, "other"), 2)).toBeUndefined(); // of equal ones there may be more
});

test("after the planned moves the policy stands exactly where it was put", () => {
  const order = fc.option(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: 0, max: 1e-5, noNaN: true })), {
    nil: undefined,
  });
  fc.assert(
    fc.property(
      fc.array(order, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      (all, pick, place, isNew) => {
        const before = tier(...all);
        const moved = isNew ? card("new", all[0], "other") : before.cards[pick % all.length]!;
        const expected = before.cards.filter(({ key }) => key !== moved.key).map(({ key }) => key);
        const to = place % (expected.length + 1);
        expected.splice(to, 0, moved.key);
        const moves = new Map(planStep(before, moved, to)!.moves.map((move) => [move.key, move.to.order]));
        const cards = isNew ? [...before.cards, moved] : before.cards;
        const after = cards.map((each) => ({ ...each, order: moves.get(each.key) ?? each.order }));
        expect(after.sort(compareCards).map(({ key }) => key)).toEqual(expected);
      },
    ),
  );
});

test("of several steps each policy has one move, from where it is stored to where it is last", () => {
  const steps = [planStep(tier(100, 200, 300), card("p2", 300), 1)!, planStep(tier(100, 200), card("p2", 150), 0)!];
  const told = movesOf(steps).map(({ ref, from, to }) => [ref.name, from.order, to.order]);
  expect(told).toEqual([["p2", 300, 0]]);
  const back = { key: "k", ref: card("k", 1).ref, from: { tier: "t", order: 1 }, to: { tier: "t", order: 1 } };
  expect(realMoves([...movesOf(steps), back]).map(({ ref }) => ref.name)).toEqual(["p2"]);
});
