// Bundles the command, so that it starts in little more than Node's own time: `node apps/cli/bundle.mjs`, or `bundlePercale()`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "build");

export default async function bundlePercale() {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src/main.ts")],
    outdir: output,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true, // what a command does not need is not loaded
    platform: "node",
    target: "node24",
    format: "esm",
    define: { PERCALE_COMMIT: JSON.stringify(newest("%h")), PERCALE_DATE: JSON.stringify(newest("%cI")) },
    // The daemon runs from its sources, where the kernel addon is.
    external: ["@percale/kernel"],
    plugins: [{ name: "builtins at first use", setup: takeBuiltins }],
    // Packages written for require() find one.
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
    },
    logLevel: "warning",
    write: false,
  });
  mkdirSync(output, { recursive: true });
  const before = readdirSync(output).filter((name) => name.endsWith(".mjs"));
  // Whole or not at all, what others import first: two builds may run at once, and a command may start.
  for (const { path, contents } of outputFiles.toSorted((a, b) => isMain(a) - isMain(b))) {
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  const names = new Set(outputFiles.map(({ path }) => basename(path)));
  for (const name of before) if (!names.has(name)) rmSync(join(output, name), { force: true });
}

/**
 * A builtin is loaded when something of it is used. To import one reads all that it exports, and so loads what few need: of node:http all of fetch, which
 * takes longer than Node's own start. (Names are found by the prototype, since esbuild copies an object's own.)
 */
function takeBuiltins({ onResolve, onLoad }) {
  onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "builtin" }));
  onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
    contents: `module.exports = Object.create(new Proxy({}, { get: (_, name) => process.getBuiltinModule(${JSON.stringify(path)})[name] }));`,
  }));
}

function isMain({ path }) {
  return Number(basename(path) === "main.mjs");
}

/** Of the source's newest commit; a package has none. */
function newest(what) {
  const { status, stdout } = spawnSync("git", ["log", "-1", `--format=${what}`], { cwd: here, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePercale();
