// Bundles the agent, so that a node loads neither Node's type stripper nor what of its packages it never uses: `node apps/node-agent/bundle.mjs`.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "build");

export default async function bundleAgent() {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src/main.ts")],
    outdir: output,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]",
    bundle: true,
    splitting: true, // main turns the compile cache on before the rest is loaded
    platform: "node",
    target: "node24",
    format: "esm",
    plugins: [{ name: "kernel addon", setup: keepAddonBuild }],
    // Packages written for require() find one.
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
    },
    logLevel: "warning",
    write: false,
  });
  mkdirSync(output, { recursive: true });
  // Whole or not at all, what others import first: two builds may run at once, and an agent may start.
  for (const { path, contents } of outputFiles.toSorted((a, b) => isMain(a) - isMain(b))) {
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
}

/** It finds the addon beside itself. */
function keepAddonBuild({ onResolve }) {
  onResolve({ filter: /\/build\.mjs$/ }, ({ resolveDir }) =>
    resolveDir.endsWith("/packages/kernel/src")
      ? { path: "../../../packages/kernel/build.mjs", external: true }
      : undefined,
  );
}

function isMain({ path }) {
  return Number(basename(path) === "main.mjs");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleAgent();
