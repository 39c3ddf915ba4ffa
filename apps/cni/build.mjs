// Builds the CNI executable with the machine's C compiler: `node apps/cni/build.mjs`, or `buildCni()`. Does nothing if it is up to date.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = import.meta.dirname;
const source = join(here, "native/cni.c");
const FLAGS = [
  "-std=gnu11",
  "-O2",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wno-stringop-truncation",
  "-Wno-format-truncation",
];

/** Where the executable is, or will be. */
export const cniPath = join(here, "build/percale-cni");

/** Static where the C library allows it: that starts fastest. Throws with the compiler's own words. */
export function buildCni() {
  if (existsSync(cniPath) && statSync(cniPath).mtimeMs >= statSync(source).mtimeMs) return cniPath;
  mkdirSync(join(here, "build"), { recursive: true });
  const temporary = `${cniPath}.${process.pid}`;
  for (const linking of [["-static"], []]) {
    const { status, stderr, error } = spawnSync("cc", [...FLAGS, ...linking, "-o", temporary, source], {
      encoding: "utf8",
    });
    if (error) throw new Error(`cc: ${error.message}: install gcc and libc6-dev`, { cause: error });
    if (status === 0) {
      renameSync(temporary, cniPath); // whole or not at all: two builds may run at once
      return cniPath;
    }
    if (linking.length === 0) throw new Error(`cc ${source}:\n${stderr}`);
  }
  return cniPath;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(buildCni());
