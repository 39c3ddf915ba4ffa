/**
 * For every test: a property that failed fails again with the same seed until it is mended. Seeds stand in `failing-seeds.json` of the root,
 * by test, and leave it when their test passes. Keep a seed that taught something as a named case.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect } from "vitest";

const FILE = resolve(import.meta.dirname, "../../failing-seeds.json");
type Seeds = Readonly<Record<string, { readonly seed: number; readonly path: string | null }>>;

const given = { ...fc.readConfigureGlobal() };

beforeEach(() => {
  const test = nameOfTest();
  const kept = readSeeds()[test];
  fc.configureGlobal({
    ...given,
    ...(kept !== undefined && { seed: kept.seed, ...(kept.path !== null && { path: kept.path }) }),
    reporter: (details) => {
      if (!details.failed) return;
      writeSeeds({ ...readSeeds(), [test]: { seed: details.seed, path: details.counterexamplePath } });
      throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
    },
  });
});

afterEach(({ task }) => {
  const test = nameOfTest();
  const seeds = readSeeds();
  if (task.result?.state === "fail" || seeds[test] === undefined) return;
  const { [test]: _mended, ...others } = seeds;
  writeSeeds(others);
});

function nameOfTest(): string {
  const { testPath = "", currentTestName = "" } = expect.getState();
  return `${testPath.slice(resolve(FILE, "..").length + 1)} > ${currentTestName}`;
}

function readSeeds(): Seeds {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Seeds) : {};
}

function writeSeeds(seeds: Seeds): void {
  if (Object.keys(seeds).length === 0) rmSync(FILE, { force: true });
  else writeFileSync(FILE, `${JSON.stringify(seeds, undefined, 2)}\n`);
}
