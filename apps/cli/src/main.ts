/** The `percale` command. */
import { readConfig } from "./config.ts";
import { runPercale } from "./program.ts";

// `percale … | head`: the reader has gone, and the exit code is what matters then.
process.stdout.on("error", () => process.exit());

const code = await runPercale(process.argv.slice(2), readConfig());
if (code !== undefined) process.exitCode = code;
