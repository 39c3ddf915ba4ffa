import { expect, test } from "vitest";
import { didYouMean, tellError } from "./words.ts";

test.each([
  ["networkpolicy", "; did you mean networkpolicies?"],
  ["ippool", "; did you mean ippools?"],
  ["teir", ""],
  ["tirs", "; did you mean tiers?"],
  ["database", ""],
])("%s%s", (typed, words) => {
  expect(didYouMean(typed, ["tiers", "ippools", "networkpolicies", "networksets"])).toBe(words);
});

test("an error tells its causes, each once, without a stack", () => {
  const refused = new AggregateError([
    new Error("connect ECONNREFUSED ::1:1"),
    new Error("connect ECONNREFUSED 127.0.0.1:1"),
  ]);
  const error = new Error("the database can't be reached", { cause: refused });
  expect(tellError(error)).toBe(
    "the database can't be reached: connect ECONNREFUSED ::1:1: connect ECONNREFUSED 127.0.0.1:1",
  );
  expect(tellError(new Error("read /x: no such file", { cause: new Error("no such file") }))).toBe(
    "read /x: no such file",
  );
});

test("a bug keeps its stack", () => {
  expect(tellError(new TypeError("x is not a function"))).toContain("words.test.ts");
});
