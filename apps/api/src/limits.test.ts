import { expect, test } from "vitest";
import { SharedGate } from "./limits.ts";

test("a key has only some of the places, and each place is given back once", () => {
  const gate = new SharedGate(3, 2);
  expect([gate.take("a"), gate.take("a"), gate.take("a"), gate.take("b"), gate.take("c")]).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
  gate.give("a");
  const leave = gate.enter("c")!;
  leave();
  leave();
  expect([gate.take("b"), gate.take("a")]).toEqual([true, false]);
});
