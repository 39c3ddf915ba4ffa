// Bundles the command into one file, so that it starts in little more than Node's own time.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: [join(here, "src/main.ts")],
  outfile: join(here, "build/percale.mjs"),
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // The daemon runs from its sources, where the kernel addon is.
  external: ["@percale/kernel"],
  // Packages written for require() find one.
  banner: {
    js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
