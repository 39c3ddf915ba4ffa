/** The `percale` command. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Before anything else is loaded: what was compiled by the last run costs no time again. Beside the bundle, which is as trusted as it; a folder
// that cannot be written only costs the gain.
enableCompileCache(join(import.meta.dirname, "../build/compile-cache"));
const { readConfig, runPercale } = await import("./run.ts");

// `percale … | head`: the reader has gone, and the exit code is what matters then.
process.stdout.on("error", () => process.exit());

const code = await runPercale(process.argv.slice(2), readConfig());
if (code !== undefined) process.exitCode = code;
