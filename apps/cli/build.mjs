// Builds the lab's workload program with the system's C compiler: `node apps/cli/build.mjs`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "build/workload");
const partial = `${output}.${process.pid}`; // renamed into place: a running lab keeps its old file
mkdirSync(dirname(output), { recursive: true });
const sources = readdirSync(join(here, "native"))
  .filter((name) => name.endsWith(".c"))
  .map((name) => join(here, "native", name));
const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"];
const { status, error, stderr } = spawnSync(process.env.CC ?? "cc", [...flags, "-o", partial, ...sources], {
  encoding: "utf8",
});
if (status === 0) renameSync(partial, output);
else {
  console.error(`cannot build the lab workload (apt-get install gcc libc6-dev): ${error?.message ?? stderr}`);
  process.exitCode = 1;
}
