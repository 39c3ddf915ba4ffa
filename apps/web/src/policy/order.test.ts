import fc from "fast-check";
import { expect, test } from "vitest";
import { ordersBetween } from "./order.ts";

/** Of a neighbour: null is none, undefined one without order. */
type Order = number | undefined | null;
const neighbour = (order: Order) => (order === null ? undefined : { order });

test.each<[before: Order, after: Order, count: number, orders: readonly number[] | undefined]>([
  [null, null, 1, [100]],
  [null, undefined, 1, [100]],
  [null, 300, 1, [200]],
  [100, null, 1, [200]],
  [1, undefined, 1, [100]],
  [100, 200, 1, [150]],
  [1, 2, 1, [1.5]],
  [10, 10, 1, undefined],
  [undefined, null, 1, undefined],
  [null, null, 2, [100, 200]],
  [10, null, 3, [110, 210, 310]],
  [null, 10, 2, [-190, -90]],
  [100, 200, 3, [130, 150, 180]],
])("between %s and %s there are for %s", (before, after, count, orders) => {
  expect(ordersBetween(neighbour(before), neighbour(after), count)).toEqual(orders);
});

test("orders between two others ascend and are told apart from both", () => {
  const order = fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: 0, max: 1e-3, noNaN: true }),
  );
  fc.assert(
    fc.property(order, order, fc.integer({ min: 1, max: 9 }), (a, b, count) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const orders = ordersBetween({ order: low }, { order: high }, count);
      if (orders === undefined) return;
      const all = [low, ...orders, high];
      expect(orders).toHaveLength(count);
      expect(all.every((one, index) => index === 0 || all[index - 1]! < one)).toBe(true);
    }),
  );
});
