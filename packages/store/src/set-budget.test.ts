import { expect, test } from "vitest";
import { API_VERSION } from "@percale/resources";
import { SetBudget } from "./set-budget.ts";

const MB = 2 ** 20;
const object = (characters: number) => ({
  apiVersion: API_VERSION,
  kind: "Profile",
  metadata: { name: "p" },
  spec: "x".repeat(characters),
});

test("what was written counts as it will be and as it was", () => {
  const budget = new SetBudget(2);
  budget.spend(1, object(MB), undefined);
  budget.spend(2, object(MB), object(2 * MB));
  expect(Math.floor(budget.used / MB)).toBe(4);
});

test.each([
  [3, "the first 2 of 3 changes write more: split it"],
  [1, "what follows from this one change is more: change or delete first, in parts, what hangs on the object"],
])("a set of %i changes that writes too much is told what to do", (changes, advice) => {
  const budget = new SetBudget(changes);
  budget.spend(1, object(30 * MB));
  expect(() => budget.spend(2, object(3 * MB))).toThrow(
    `a change set may write 32 MB of JSON, objects as they will be and as they were; ${advice}`,
  );
});
