/** The commands of `percale`, and how one ends. */
import { setTimeout as delay } from "node:timers/promises";
import { exitCodes } from "@percale/protocol";
import { Command, CommanderError } from "commander";
import { addBgpCommands } from "./bgp.ts";
import { addCompletionCommands } from "./completion-verbs.ts";
import { isPlugin } from "./config.ts";
import type { CliConfig } from "./config.ts";
import { ExitError } from "./exit-error.ts";
import { addChangeCommands } from "./change-verbs.ts";
import { addIpamCommands } from "./ipam.ts";
import { addLabCommands } from "./lab/commands.ts";
import { addQueries, addQueryCommand } from "./query-verbs.ts";
import { addResourceCommands } from "./resource-verbs.ts";
import { shellOf, withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { query } from "./rest/trpc.ts";
import { clientVersion, toolVersion } from "./verbs/client-version.ts";
import { clusterVersion } from "./verbs/version.ts";
import { parseChoice, parsePeriod, parsePort } from "./words.ts";
import { explainToFirstPort, renderLadder } from "./why.ts";

const PROTOCOLS = { tcp: "TCP", udp: "UDP", icmp: "ICMP", icmpv6: "ICMPv6" } as const;

/** Runs one command line and says on stderr what went wrong. The exit code; undefined where the command has set it itself, or all went well. */
export async function runPercale(argv: readonly string[], config: CliConfig): Promise<number | undefined> {
  const { done, usage, failed } = exitCodes.percale;
  try {
    await createProgram(config).parseAsync(argv, { from: "user" });
    return undefined;
  } catch (error) {
    // Commander has said it already; --help and --version are fine.
    if (error instanceof CommanderError) return error.exitCode === 0 ? done.code : usage.code;
    const isExit = error instanceof ExitError;
    if (isExit && error.onStdout) console.log(error.message);
    else console.error(error instanceof Error ? error.message : error);
    return isExit ? error.code : failed.code;
  }
}

export function createProgram(config: CliConfig): Command {
  const { calledAs } = config;
  const program = new Command(isPlugin(calledAs) ? calledAs.replace("-", " ") : calledAs)
    .description("Networking and network security for containers, VMs and hosts")
    .enablePositionalOptions()
    .showHelpAfterError() // commands inherit it: whoever mistypes sees what there is
    .exitOverride();
  withGlobals(program, { isHidden: false });
  const shell = shellOf(config);
  if (calledAs === "calicoq") {
    addQueries(program, shell);
    addToolVersion(program);
    addCompletionCommands(program, shell);
    return program;
  }
  program.addHelpText("after", FIRST_STEPS);
  program.commandsGroup("Objects:");
  addResourceCommands(program, shell);
  program.commandsGroup("Changes:");
  addChangeCommands(program, shell);
  program.commandsGroup("Questions:");
  addWhy(program, shell);
  addQueryCommand(program, shell);
  addBgpCommands(program, shell);
  addIpamCommands(program, shell);
  addWhoami(program, shell);
  program.commandsGroup("This machine:");
  addLabCommands(program, config);
  addVersion(program, shell);
  addCompletionCommands(program, shell);
  return program;
}

const FIRST_STEPS = `
First steps:
  percale get tiers                   what there is: any kind, any name, -o for scripts
  percale plan -f policies/ -R        what applying files would change, and who would reach whom
  percale apply -f policies/ -R       do it; percale history and percale revert, if it was wrong
  percale explain shop/web shop/db    what decides whether one may reach another
  percale COMMAND --help              options and examples

Where the server is: --server, --kubeconfig, --context, or PERCALE_SERVER with PERCALE_TOKEN,
/etc/calico/calicoctl.cfg, KUBECONFIG, what npm start wrote, ~/.kube/config.`;

function addVersion(program: Command, shell: Shell): void {
  const command = program
    .command("version")
    .description("versions of this command and of the cluster")
    .option("--client", "only this command's")
    .option("--poll <period>", "ask again and again, such as every 5s, and say what changed", (text) =>
      parsePeriod("--poll", text),
    );
  withGlobals(command).action(async ({ client, poll }: { client?: true; poll?: number }) => {
    process.stdout.write(clientVersion());
    if (client === true) return;
    const access = await shell.anyAccess(command);
    for (let said = ""; ; await delay(poll)) {
      const text = await clusterVersion(access);
      if (text !== said) process.stdout.write(text);
      if (poll === undefined) return;
      said = text;
    }
  });
}

/** calicoq's. */
function addToolVersion(program: Command): void {
  program
    .command("version")
    .description("version of this command")
    .action(() => void process.stdout.write(toolVersion()));
}

function addWhoami(program: Command, shell: Shell): void {
  const command = program.command("whoami").description("who the API server takes you for");
  withGlobals(command).action(async () => {
    const { user, groups = [] } = (await query(await shell.access(command), "session.whoami")) as {
      readonly user: string;
      readonly groups?: readonly string[];
    };
    console.log(`${user}${groups.length > 0 ? ` (${groups.join(", ")})` : ""}`);
  });
}

function addWhy(program: Command, shell: Shell): void {
  const command = program
    .command("explain")
    .alias("why")
    .description("what decides whether one may reach another")
    .argument("<from>", "a workload (name, or namespace/name), node:<node>, or an address")
    .argument("<to>", "the same")
    .option("--port <number>", "destination port; the target's first if absent", parsePort)
    .option("--proto <protocol>", "tcp, udp, icmp or icmpv6", "tcp")
    .option("-o, --output <format>", "ps or json", "ps")
    .addHelpText(
      "after",
      "\nExamples:\n  percale explain shop/frontend shop/cart --port 8080\n  percale why cart 192.0.2.1 --proto icmp",
    );
  withGlobals(command).action(
    async (from: string, to: string, { port, proto, output }: { port?: number; proto: string; output: string }) => {
      const protocol = parseChoice("--proto", proto, PROTOCOLS);
      const isJson = parseChoice("--output", output, { ps: false, json: true });
      const question = { from, to, protocol, ...(port !== undefined && { port }) };
      const answer = await explainToFirstPort(await shell.access(command), question);
      process.stdout.write(isJson ? `${JSON.stringify(answer, undefined, 2)}\n` : renderLadder(answer));
    },
  );
}
