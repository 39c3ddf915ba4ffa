// Builds the addon with the system's C compiler. Plain JavaScript for any Node ≥ 20: `node packages/kernel/build.mjs`.
// The output is named after the content of its sources, so it is never stale and building twice is free.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const native = join(here, "native");
const build = join(here, "build");

/** Where the addon of these sources belongs, whether built or not. */
export function addonPath() {
  const hash = createHash("sha256").update(process.arch);
  for (const name of readdirSync(native).sort()) hash.update(name).update(readFileSync(join(native, name)));
  return join(build, `kernel-${hash.digest("hex").slice(0, 16)}.node`);
}

/** Compiles if needed and returns the path. Throws an Error that says what to install if it cannot. */
export function buildAddon() {
  const output = addonPath();
  if (existsSync(output)) return output;
  mkdirSync(build, { recursive: true });
  const headers = createRequire(import.meta.url)("node-api-headers").include_dir;
  const sources = readdirSync(native)
    .filter((name) => name.endsWith(".c"))
    .map((name) => join(native, name));
  const partial = `${output}.${process.pid}`; // renamed into place: two builds at once cannot spoil each other
  const compiler = process.env.CC ?? "cc";
  const flags = ["-shared", "-fPIC", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", `-I${headers}`];
  const { status, error, stderr } = spawnSync(compiler, [...flags, "-o", partial, ...sources], { encoding: "utf8" });
  if (error !== undefined)
    throw new Error(
      `the kernel addon needs a C compiler and ${compiler} did not start (${error.message}): apt-get install gcc libc6-dev`,
    );
  if (status !== 0) rmSync(partial, { force: true });
  if (status !== 0)
    throw new Error(`${compiler} failed on the kernel addon (gcc and libc6-dev installed?):\n${stderr}`);
  renameSync(partial, output);
  return output;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(buildAddon());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
