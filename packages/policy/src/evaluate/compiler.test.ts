import { expect, test } from "vitest";
import type { RuleLists } from "../graph/rules.ts";
import { Compiler } from "./compiler.ts";

const allowing = (selector: string): RuleLists => ({ ingress: [{ action: "Allow", source: { selector } }] });
const spec = (i: number): RuleLists => allowing(`a == '${i}'`);

test("rules are compiled once for each spec, and an invalid one is remembered as such", () => {
  const compiler = new Compiler();
  const [good, bad] = [spec(1), allowing("a = broken")];
  expect(compiler.rulesOf(good, undefined)).toBe(compiler.rulesOf(good, undefined));
  expect([compiler.rulesOf(bad, undefined), compiler.rulesOf(bad, undefined)]).toEqual(["invalid", "invalid"]);
});

test("a compiler is kept while what it compiled may be there, and left once most of it must be gone", () => {
  const compiler = new Compiler();
  for (let i = 0; i < 3_001; i++) compiler.rulesOf(spec(i), undefined);
  expect(compiler.orNewFor(1_001)).toBe(compiler);
  expect(compiler.orNewFor(1_000)).not.toBe(compiler);
});
