// `npm start`: sets this machine up, then hands over to the supervisor under the pinned Node.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setUp } from "./setup/setup.mjs";
import { pinnedNode, root } from "./setup/step.mjs";

const development = process.argv.includes("--dev");
const unknown = process.argv.slice(2).find((one) => one !== "--dev");
if (unknown !== undefined) {
  console.error(`npm start takes --dev (reload on change), got ${unknown}; the README names what the environment sets`);
  process.exit(2);
}
try {
  await setUp({ web: !development && process.env.PERCALE_WEB_PORT !== "off" });
} catch (error) {
  console.error(`\nSet-up failed: ${error.message}`);
  process.exit(1);
}

const supervisor = spawn(pinnedNode, [join(root, "scripts/run.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// A terminal's Ctrl-C reaches the supervisor too; a signal to this process alone is passed on. Either way we outlive it.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => supervisor.kill(signal));
supervisor.on("exit", (code) => process.exit(code ?? 1));
