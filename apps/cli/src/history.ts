/** `percale history`: who changed what, and which request it was that a log or an error message names. */
import type { Command } from "commander";
import { withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { parseCount } from "./words.ts";

export function addHistoryCommand(program: Command, shell: Shell): void {
  const history = program
    .command("history")
    .description("the newest writes: who, what, why, and by which request")
    .option("--limit <number>", "how many objects' writes to show", (text) => parseCount("--limit", text), 20)
    .option(
      "--request <id>",
      "only those of this request, or of those whose id begins so; looks through all of the log",
    );
  withGlobals(history).action(async (options: { limit: number; request?: string }) => {
    const { showHistory } = await import("./changes/history.ts");
    process.stdout.write(await showHistory(await shell.access(history), options));
  });
}
