import { expect, test } from "vitest";
import { formatAge, formatClock, formatMoment, formatSpan } from "./time.ts";

const now = Date.UTC(2026, 10, 21, 14, 7, 42);

test.each([
  [2, "now"],
  [42, "42 s"],
  [90, "1 min"],
  [7200, "2 h"],
  [3 * 86_400, "3 d"],
  [60 * 86_400, "2026-09-22"],
])("%i seconds ago reads %s", (seconds, text) => {
  expect(formatAge(now - seconds * 1000, now)).toBe(text);
});

test("a clock a little ahead of ours is not in the future", () => {
  expect(formatAge(now + 3000, now)).toBe("now");
});

test("absolute times say their zone", () => {
  expect(formatClock(now)).toBe("14:07:42 UTC");
  expect(formatMoment(now)).toBe("2026-11-21 14:07:42 UTC");
});

test.each([
  [4, "now"],
  [5, "5 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [86_399, "23 h"],
  [86_400, "1 d"],
  [30 * 86_400 - 1, "29 d"],
  [30 * 86_400, "2026-10-22"],
])("the age of %i seconds is on its own side of the bound: %s", (seconds, text) => {
  expect(formatAge(now - seconds * 1000, now)).toBe(text);
});

test.each([
  [-1, "0 ms"],
  [999, "999 ms"],
  [1000, "1 s"],
  [59_499, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [86_399_999, "23 h"],
  [3 * 86_400_000, "3 d"],
])("%i ms lasted %s", (ms, words) => {
  expect(formatSpan(ms)).toBe(words);
});
