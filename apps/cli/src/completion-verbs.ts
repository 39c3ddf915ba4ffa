/** `percale completion SHELL`, and what the shells then ask. */
import type { Command } from "commander";
import type { Shell } from "./shell.ts";
import { candidatesFor } from "./completion/candidates.ts";
import { askedKnown } from "./completion/known.ts";
import { parseChoice } from "./words.ts";
import { SCRIPTS } from "./completion/scripts.ts";

/** The shells wait for it. */
const PATIENCE_MS = 2_000;

export function addCompletionCommands(program: Command, shell: Shell): void {
  program
    .command("completion")
    .description("what a shell reads to complete words: kinds, names, namespaces, contexts, flags")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      `
Examples:
  echo 'source <(percale completion bash)' >> ~/.bashrc
  echo 'source <(percale completion zsh)' >> ~/.zshrc
  percale completion fish > ~/.config/fish/completions/percale.fish`,
    )
    .action(async (typed: string) => {
      process.stdout.write(parseChoice<string>("the shell", typed, SCRIPTS));
    });
  const complete = program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false);
  complete.action(async (line: string[]) => {
    const late = setTimeout(() => process.exit(), PATIENCE_MS).unref();
    const { words, files } = await candidatesFor(program, line, askedKnown(shell, complete, flagsIn(line)));
    clearTimeout(late);
    process.stdout.write([...words, files === true ? ":0" : ":4", ""].join("\n"));
  });
}

/** Which server the line so far names. */
function flagsIn(line: readonly string[]): Readonly<Record<string, string>> {
  const after = (flag: string): string | undefined => {
    const at = line.indexOf(flag);
    return at === -1 || at + 2 >= line.length ? undefined : line[at + 1];
  };
  const flags = { server: after("--server"), kubeconfig: after("--kubeconfig"), context: after("--context") };
  return Object.fromEntries(Object.entries(flags).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
