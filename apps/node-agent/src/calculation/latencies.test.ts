import { expect, test } from "vitest";
import { Latencies } from "./latencies.ts";

function of(values: readonly number[], capacity?: number) {
  const latencies = new Latencies(capacity);
  for (const value of values) latencies.add(value);
  return latencies;
}

test.each<[values: readonly number[], capacity: number | undefined, summary: object]>([
  [[], undefined, { p50: 0, p99: 0, last: 0 }],
  [[1.23456], undefined, { p50: 1.23, p99: 1.23, last: 1.23 }],
  [[9, 1, 5], undefined, { p50: 5, p99: 9, last: 5 }],
  [Array.from({ length: 100 }, (_, i) => 100 - i), undefined, { p50: 51, p99: 100, last: 1 }],
  [[100, 200, 1, 2, 3], 3, { p50: 2, p99: 3, last: 3 }],
  [[...Array<number>(1_000).fill(1), 7], undefined, { p50: 1, p99: 1, last: 7 }],
  [[7, ...Array<number>(1_000).fill(1)], undefined, { p50: 1, p99: 1, last: 1 }],
])("of %j the newest %j are summed up", (values, capacity, summary) => {
  expect(of(values, capacity).summary()).toEqual(summary);
  expect(of(values, capacity).last).toBe(values.at(-1) ?? 0);
});
