import { expect, test } from "vitest";
import { judge } from "./judge.ts";
import type { Run } from "./judge.ts";
import type { Candidate } from "./sample.ts";

const candidate = (file: string, start = 0): Candidate => ({ file, mutant: { start, end: start + 1, text: "" } });
const [noticed, unnoticed, unreached] = [candidate("a.ts"), candidate("a.ts", 5), candidate("b.ts")];
const sample = [unnoticed, noticed, unreached];
const testsByFile = new Map([
  ["a.ts", ["a.test.ts", "all.test.ts"]],
  ["b.ts", []],
]);

/** Tests that notice one candidate, or fail anyhow. */
function tests({ broken }: { readonly broken: boolean }): {
  run: Run;
  runs: [tests: readonly string[], candidate?: Candidate][];
} {
  const runs: [readonly string[], Candidate?][] = [];
  const run: Run = async (files, one) => {
    runs.push(one === undefined ? [files] : [files, one]);
    const passed = !broken && one !== noticed;
    return { passed, said: passed ? "" : "expected 1 to be 2" };
  };
  return { run, runs };
}

test("survivors are what tests pass with, and what none reaches, in the order of the sample", async () => {
  const { run, runs } = tests({ broken: false });
  expect(await judge(sample, testsByFile, run)).toEqual({ kind: "judged", survivors: [unnoticed, unreached] });
  const files = ["a.test.ts", "all.test.ts"];
  expect(runs).toEqual([[files], [files, unnoticed], [files, noticed]]);
});

test("tests that fail without a mutant say so, instead of having caught every one", async () => {
  const { run, runs } = tests({ broken: true });
  const files = ["a.test.ts", "all.test.ts"];
  expect(await judge(sample, testsByFile, run)).toEqual({ kind: "broken", tests: files, said: "expected 1 to be 2" });
  expect(runs).toEqual([[files]]);
});
