import { expect, test } from "vitest";
import { applyMutant } from "./apply.ts";
import { mutantsOf } from "./mutants.ts";

const mutated = (text: string): string[] => mutantsOf("x.ts", text).map((mutant) => applyMutant(text, mutant));

test.each<[string, string, readonly string[]]>([
  ["a comparison", "const x = a === b;", ["const x = a !== b;"]],
  ["a bound", "const x = a < 10;", ["const x = a <= 10;", "const x = a < 11;"]],
  ["a condition", "if (a) b();", ["if (true) b();", "if (false) b();", "if (a) ;"]],
  ["a negation", "const x = !a;", ["const x = a;"]],
  ["a quantifier", "const x = list.some(f);", ["const x = list.every(f);"]],
  ["what is returned", "function f() { return a; }", ["function f() { return undefined as never; }"]],
  ["what is spread", "const x = [...a];", ["const x = [...[]];"]],
  ["a value behind a cast", "const x = (a as B) && c;", ["const x = (a as B) || c;"]],
])("%s has mutants that mean something else", (_what, text, others) => {
  expect(mutated(text)).toEqual(others);
});

test.each([
  ["types", "type A = B extends true ? 1 : 2; let x: Array<1>;"],
  ["imports", 'import { a } from "./a.ts";'],
  ["returns of nothing", "function f() { return; } function g() { return undefined; }"],
  ["log lines", 'this.log.warn("a", { b: true });'],
])("%s are left alone", (_what, text) => {
  expect(mutated(text)).toEqual([]);
});
