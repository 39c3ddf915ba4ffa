import fc from "fast-check";
import { expect, test } from "vitest";
import { comparePolicies, orderOf } from "@percale/policy";
import { type Ordered, planMove } from "./order.ts";

/** As the engine has it. */
const compareOrdered = (a: Ordered, b: Ordered): number => {
  const place = ({ key, order }: Ordered) => ({
    kind: "NetworkPolicy" as const,
    namespace: "n",
    name: key,
    order: orderOf({ order }),
  });
  return comparePolicies(place(a), place(b));
};
const tier = (...orders: (number | undefined)[]): Ordered[] =>
  orders.map((order, index) => ({ key: `p${index}`, order })).sort(compareOrdered);

test("a policy moved between two others gets the middle of their orders", () => {
  expect(planMove(tier(100, 200, 300), "p2", 1)).toEqual([{ key: "p2", from: 300, to: 150 }]);
});

test("a policy moved to the end goes one step past the last", () => {
  expect(planMove(tier(100, 200), "p0", 1)).toEqual([{ key: "p0", from: 100, to: 300 }]);
});

test("equal or missing neighbours renumber the tier in steps of 100", () => {
  expect(planMove(tier(10, 10, 10), "p2", 1)).toEqual([
    { key: "p0", from: 10, to: 100 },
    { key: "p2", from: 10, to: 200 },
    { key: "p1", from: 10, to: 300 },
  ]);
});

test("dropping a policy where it is changes nothing", () => {
  expect(planMove(tier(1, 2, 3), "p1", 1)).toEqual([]);
});

test("absent order is last and equal orders go by key", () => {
  expect(tier(undefined, 5, 5).map((policy) => policy.key)).toEqual(["p1", "p2", "p0"]);
});

test("after the planned changes the policy stands exactly where it was put", () => {
  const order = fc.option(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: 0, max: 1e-5, noNaN: true })), {
    nil: undefined,
  });
  fc.assert(
    fc.property(fc.array(order, { minLength: 2, maxLength: 8 }), fc.nat(), fc.nat(), (orders, pick, place) => {
      const before = tier(...orders);
      const moved = before[pick % before.length]!;
      const to = place % before.length;
      const expected = before.filter((policy) => policy !== moved).map((policy) => policy.key);
      expected.splice(to, 0, moved.key);
      const changes = new Map(planMove(before, moved.key, to).map((change) => [change.key, change.to]));
      const after = before.map((policy) => ({ key: policy.key, order: changes.get(policy.key) ?? policy.order }));
      expect(after.sort(compareOrdered).map((policy) => policy.key)).toEqual(expected);
    }),
  );
});
