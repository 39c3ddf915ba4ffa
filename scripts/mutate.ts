// `npm run mutate -- [--sample N] [--seed N] [--with-pg] [FOLDER…]`: changes the meaning of a line, runs the unit tests of its package that reach it,
// and says what none of them noticed. `--with-pg` shows the survivors to the tests over a Postgres too, and counts those apart.
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { judge } from "./mutate/judge.ts";
import { nearestTests } from "./mutate/nearest-tests.ts";
import type { Needs } from "./mutate/nearest-tests.ts";
import { testRunner } from "./mutate/run-tests.ts";
import { sampleMutants } from "./mutate/sample.ts";
import type { Candidate } from "./mutate/sample.ts";

const root = resolve(import.meta.dirname, "..");
/** Tests too, what only they use, and those written for any driver: nobody tests a test that lost a line. */
const OTHERS =
  /(\.test\.ts|\.d\.ts|index\.ts|main\.ts|\/test-[^/]*\.ts)$|\/(contract|testdata|generated|bench|build|\.next)\//;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    "with-pg": { type: "boolean", default: false },
  },
});
const folders =
  positionals.length > 0
    ? positionals.map((one) => one.replace(/\/$/, ""))
    : globSync("{packages,apps}/*", { cwd: root }).sort();
const kinds: readonly Needs[] = values["with-pg"] ? ["unit", "pg"] : ["unit"];

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1)); // ends its test runs too

const total = { of: 0, unit: 0, pg: 0 };
for (const folder of folders) {
  const files = globSync(`${folder}/src/**/*.ts`, { cwd: root }).filter((file) => !OTHERS.test(file));
  const sample = sampleMutants(
    files.sort().map((file) => join(root, file)),
    Number(values.sample),
    Number(values.seed),
  );
  let left: readonly Candidate[] = sample;
  for (const needs of kinds) {
    const survivors = await survivorsOf(folder, left, needs);
    console.log(`${folder}: ${left.length - survivors.length} of ${left.length} caught by ${needs} tests`);
    total[needs] += left.length - survivors.length;
    left = survivors;
  }
  total.of += sample.length;
  for (const survivor of left) console.log(describe(survivor));
}
for (const needs of kinds) {
  const share = Math.round((100 * total[needs]) / Math.max(total.of, 1));
  console.log(
    `${total[needs]} of ${total.of} caught by ${needs} tests${needs === "unit" ? "" : " alone"} (${share} %)`,
  );
}

/** Ends the program if the tests fail as they are: what they say of mutants would mean nothing. */
async function survivorsOf(folder: string, sample: readonly Candidate[], needs: Needs): Promise<readonly Candidate[]> {
  const of = new Set(sample.map(({ file }) => file));
  const verdict = await judge(sample, await nearestTests({ root, folder, files: of, needs }), testRunner(root, needs));
  if (verdict.kind === "judged") return verdict.survivors;
  console.error(verdict.said);
  console.error(`${folder}: ${needs} tests fail without a mutant (above), so nothing was counted. They were:`);
  for (const test of verdict.tests) console.error(`  ${test}`);
  process.exit(1);
}

/** As a compiler would point at it: place, what stands there, what took its place. */
function describe({ file, mutant: { start, end, text } }: Candidate): string {
  const source = readFileSync(file, "utf8");
  const line = source.slice(0, start).split("\n").length;
  const was = source.slice(start, end).replaceAll(/\s+/g, " ");
  return `  ${file.slice(root.length + 1)}:${line}: ${was.length > 60 ? `${was.slice(0, 60)}…` : was} → ${text}`;
}
