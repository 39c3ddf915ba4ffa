/** `percale bgp`: who exchanges routes with whom, and why not. */
import type { Command } from "commander";
import { withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { parseChoice } from "./words.ts";
import { showBgp } from "./bgp-sessions.ts";

const OUTPUTS = { ps: "ps", wide: "wide", json: "json" } as const;

export function addBgpCommands(program: Command, shell: Shell): void {
  const bgp = program.command("bgp").description("BGP: sessions, and why one is down");
  const sessions = bgp
    .command("sessions", { isDefault: true })
    .description("both ends of every session, and the likely cause of each that is down")
    .option("--node <node>", "only this node's")
    .option("-o, --output <format>", "ps, wide or json", "ps");
  withGlobals(sessions).action(async ({ node, output }: { node?: string; output: string }) => {
    const format = parseChoice("--output", output, OUTPUTS);
    process.stdout.write(await showBgp(await shell.access(sessions), { node, format }));
  });
}
