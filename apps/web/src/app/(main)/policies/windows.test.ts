import fc from "fast-check";
import { expect, test } from "vitest";
import { type CardWindow, type Shown, windowsOf } from "./windows.ts";

const shown = (...tiers: readonly (readonly [string, number, number])[]) =>
  new Map(tiers.map(([tier, first, end]): [string, Shown] => [tier, { first, end }]));

test("nothing is asked while what is on screen is among the first cards", () => {
  expect(windowsOf(shown(["a", 0, 18], ["b", 0, 3]), undefined, 20)).toBeUndefined();
});

test("a scroll asks for what comes into view and some more, and then for nothing until that is left", () => {
  const windows = windowsOf(shown(["a", 70, 88], ["b", 0, 3]), undefined, 20);
  expect(windows).toEqual([
    { tier: "a", at: 40, limit: 80 },
    { tier: "b", at: 0, limit: 40 },
  ]);
  expect(windowsOf(shown(["a", 102, 120], ["b", 0, 3]), windows, 20)).toBe(windows);
  expect(windowsOf(shown(["a", 103, 121], ["b", 0, 3]), windows, 20)).not.toBe(windows);
});

test("a tier that came is asked for, one without cards is not", () => {
  const windows: readonly CardWindow[] = [{ tier: "a", at: 0, limit: 40 }];
  expect(windowsOf(shown(["a", 0, 9], ["new", 0, 0]), windows, 20)).toBe(windows);
  expect(windowsOf(shown(["a", 0, 9], ["new", 0, 1]), windows, 20)).toContainEqual({ tier: "new", at: 0, limit: 40 });
});

test("whatever is on screen is in the windows", () => {
  const seen = fc.tuple(fc.nat(10_000), fc.nat(100)).map(([first, count]) => ({ first, end: first + count }));
  fc.assert(
    fc.property(fc.array(seen, { minLength: 1 }), fc.constantFrom(20, 40), (steps, first) => {
      let windows: readonly CardWindow[] | undefined;
      for (const step of steps) {
        windows = windowsOf(new Map([["t", step]]), windows, first);
        const { at, limit } = windows?.[0] ?? { at: 0, limit: first };
        if (step.first === step.end) continue;
        expect(at <= step.first && step.end <= at + limit && limit <= 200).toBe(true);
      }
    }),
  );
});
