import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Before anything else is loaded: compiled code of the last run costs neither its time nor its memory again.
// In our own folder, because what lies there is run as root. A folder that cannot be written only costs the gain.
enableCompileCache(join(import.meta.dirname, "../build/compile-cache"));
const { runAgent } = await import("./run.ts");
await runAgent(process.argv.slice(2), process.env);
