import { expect, test } from "vitest";
import { brief, MAX_WORDS } from "./brief.ts";

test.each([
  ["four", "four"],
  ["fives", "fiv…"],
  ["ab😀", "ab😀"],
  ["abc😀", "abc…"],
  ["ab😀d", "ab…"],
  ["\uD83Dbc😀", "\uD83Dbc…"], // what came torn stays as it came
])("of four characters of %j is told %j", (text, told) => {
  expect(brief(text, 4)).toBe(told);
});

test.each(["x".repeat(MAX_WORDS), "😀".repeat(MAX_WORDS), `x${"😀".repeat(MAX_WORDS)}`])(
  "words are told briefly, in whole characters: case %#",
  (words) => {
    const told = brief(words);
    expect(told.length).toBeLessThanOrEqual(MAX_WORDS);
    expect(words.startsWith(told.replace(/…$/, ""))).toBe(true);
    expect(told.isWellFormed()).toBe(true);
  },
);

test("unless told otherwise words have two thousand characters", () => {
  expect(brief("x".repeat(MAX_WORDS))).toBe("x".repeat(2_048));
  expect(brief("x".repeat(MAX_WORDS + 1))).toBe(`${"x".repeat(2_047)}…`);
});
