import { expect, test } from "vitest";
import { Gate, LIMITS, Places, SharedGate } from "./limits.ts";
import type { Leave } from "./limits.ts";

const KNOWN = { method: "token" } as const;
const STRANGER = { method: "anonymous" } as const;

/** Enters so often; how often it was let in. */
function entered(times: number, enter: () => Leave | undefined): Leave[] {
  return Array.from({ length: times }, enter).filter((leave) => leave !== undefined);
}

test("a gate lets in so many, and one more for each that leaves", () => {
  const gate = new Gate(2);
  expect([gate.enter(), gate.enter(), gate.enter(), gate.count]).toEqual([true, true, false, 2]);
  gate.leave();
  expect([gate.count, gate.enter(), gate.enter(), gate.count]).toEqual([1, true, false, 2]);
});

test("of shared places one key takes only its part, and the others the rest", () => {
  const gate = new SharedGate(3, 2);
  expect(entered(3, () => gate.enter("a"))).toHaveLength(2);
  expect(entered(3, () => gate.enter("b"))).toHaveLength(1);
  expect(gate.enter()).toBeUndefined();
});

test("without a key only the whole number of shared places counts", () => {
  const gate = new SharedGate(3, 1);
  expect(entered(4, () => gate.enter())).toHaveLength(3);
});

test("a shared place that is left is free, for the key and for everybody, and leaving twice is once", () => {
  const gate = new SharedGate(2, 1);
  const [leave] = entered(1, () => gate.enter("a"));
  const [other] = entered(1, () => gate.enter("b"));
  leave!();
  leave!();
  expect(gate.enter("c")).toBeDefined();
  expect(gate.enter("a")).toBeUndefined(); // full again
  other!();
  expect(gate.enter("a")).toBeDefined();
});

test("who was turned away because all was full has not used up his own part", () => {
  const gate = new SharedGate(2, 2);
  const [first] = entered(1, () => gate.enter("a"));
  const [second] = entered(1, () => gate.enter("b"));
  expect(entered(5, () => gate.enter("a"))).toEqual([]);
  second!();
  expect(gate.enter("a")).toBeDefined();
  first!();
  expect(gate.enter("a")).toBeDefined();
});

test("a key that has left everything may take its whole part again", () => {
  const gate = new SharedGate(10, 2);
  for (let round = 0; round < 3; round++) {
    const leaves = entered(3, () => gate.enter("a"));
    expect(leaves).toHaveLength(2);
    for (const leave of leaves) leave();
  }
});

test("strangers who fill their places, each source its own, keep nobody out who is known", () => {
  const places = new Places(2, "requests");
  for (let source = 0; source < LIMITS.anonymous / LIMITS.anonymousPerAddress; source++) {
    const from = `10.0.0.${source}`;
    expect(entered(LIMITS.anonymousPerAddress, () => places.enter(STRANGER, from))).toHaveLength(32);
    expect(() => places.enter(STRANGER, from)).toThrow("too many requests at once: try again");
  }
  expect(() => places.enter(STRANGER, "10.1.0.0")).toThrow(expect.objectContaining({ reason: "TooManyRequests" }));
  expect(entered(2, () => places.enter(KNOWN, "10.0.0.0"))).toHaveLength(2);
  expect(() => places.enter(KNOWN)).toThrow("too many requests at once: try again");
});

test("a known caller's place is free once it is left, and leaving twice is once", () => {
  const places = new Places(2, "sockets");
  const [leave] = entered(2, () => places.enter(KNOWN));
  leave!();
  leave!();
  expect(places.enter(KNOWN)).toBeDefined();
  expect(() => places.enter(KNOWN)).toThrow("too many sockets at once: try again");
});

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
