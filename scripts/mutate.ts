// `npm run mutate -- [--sample N] [--seed N] [FOLDER…]`: changes the meaning of a line, runs the unit tests of its package that reach it, and says what none of them noticed.
import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sampleMutants } from "./mutate/sample.ts";
import type { Candidate } from "./mutate/sample.ts";

const root = resolve(import.meta.dirname, "..");
const AT_ONCE = 2;
/** An endless loop is a difference too; what is slow on a busy machine is none. */
const LIMIT_MS = 180_000;
/** Tests too, also those written for any driver: nobody tests a test that lost a line. */
const OTHERS = /(\.test\.ts|\.d\.ts|index\.ts|main\.ts)$|\/(contract|testdata|generated|bench|build|\.next)\//;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: "string", default: "20" }, seed: { type: "string", default: "1" } },
});
const folders =
  positionals.length > 0
    ? positionals.map((one) => one.replace(/\/$/, ""))
    : globSync("{packages,apps}/*", { cwd: root }).sort();

const caught = { count: 0, of: 0 };
for (const folder of folders) {
  const files = globSync(`${folder}/src/**/*.ts`, { cwd: root }).filter((file) => !OTHERS.test(file));
  const sample = sampleMutants(
    files.sort().map((file) => join(root, file)),
    Number(values.sample),
    Number(values.seed),
  );
  const survivors: Candidate[] = [];
  const queue = [...sample];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      if (await survives(folder, next)) survivors.push(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(`${folder}: ${sample.length - survivors.length} of ${sample.length} caught`);
  for (const survivor of survivors) console.log(describe(survivor));
  caught.count += sample.length - survivors.length;
  caught.of += sample.length;
}
console.log(`${caught.count} of ${caught.of} caught (${Math.round((100 * caught.count) / Math.max(caught.of, 1))} %)`);

async function survives(folder: string, { file, mutant }: Candidate): Promise<boolean> {
  const config = join(import.meta.dirname, "mutate/vitest.config.ts");
  const args = ["related", file, "--run", "--config", config, "--dir", folder];
  const child = spawn(join(root, "node_modules/.bin/vitest"), args, {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, PERCALE_MUTANT: JSON.stringify({ file, mutant }) },
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const { promise, resolve: done } = Promise.withResolvers<number | null>();
  child.on("exit", done);
  return (await promise) === 0;
}

/** As a compiler would point at it: place, what stands there, what took its place. */
function describe({ file, mutant: { start, end, text } }: Candidate): string {
  const source = readFileSync(file, "utf8");
  const line = source.slice(0, start).split("\n").length;
  const was = source.slice(start, end).replaceAll(/\s+/g, " ");
  return `  ${file.slice(root.length + 1)}:${line}: ${was.length > 60 ? `${was.slice(0, 60)}…` : was} → ${text}`;
}
