import { expect, test } from "vitest";
import { Budget } from "./budget.ts";

const MB = 1024 * 1024;

test("a second has twenty messages, and as many again that a network held up", () => {
  const budget = new Budget();
  expect(Array.from({ length: 42 }, () => budget.take(1)).lastIndexOf(true)).toBe(39);
  budget.refill();
  expect(budget.take(1)).toBe(true);
});

test("a megabyte spends a second, and what is above it the next ones too", () => {
  const budget = new Budget();
  const spentAfter = (bytes: number): boolean => (budget.take(bytes), budget.isSpent);
  expect([spentAfter(MB - 1), spentAfter(1), spentAfter(MB)]).toEqual([false, true, true]);
  const refilled = (): boolean => (budget.refill(), budget.isSpent);
  expect([refilled(), refilled(), refilled()]).toEqual([true, false, false]);
});

test("what a quiet second leaves is not kept for the next", () => {
  const budget = new Budget();
  for (let second = 0; second < 5; second++) budget.refill();
  budget.take(MB);
  expect(budget.isSpent).toBe(true);
});
