import { expect, test } from "vitest";
import { AddressRefusal } from "./address-refusal.ts";

test("a refusal stands until an ADD succeeds, or nobody has asked for ten minutes", () => {
  let nowMs = 0;
  const refusal = new AddressRefusal(() => nowMs);
  const told = (): string[] => refusal.conditions().map(({ detail }) => detail);
  refusal.note("pool a is full");
  nowMs = 599_999;
  expect(told()).toEqual(["pool a is full"]);
  refusal.note("pool b is full");
  nowMs += 599_999;
  expect(told()).toEqual(["pool b is full"]);
  nowMs += 1;
  expect(told()).toEqual([]);
  refusal.note("pool c is full");
  refusal.note(undefined);
  expect(told()).toEqual([]);
});
