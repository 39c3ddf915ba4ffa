/** The commands of `percale`, and how one ends. */
import { exitCodes, VERSION } from "@percale/protocol";
import { Command, CommanderError } from "commander";
import { addBgpCommands } from "./bgp.ts";
import type { CliConfig } from "./config.ts";
import { ExitError } from "./exit-error.ts";
import { addHistoryCommand } from "./history.ts";
import { addIpamCommands } from "./ipam.ts";
import { addLabCommands } from "./lab/commands.ts";
import { addResourceCommands } from "./resource-verbs.ts";
import { call, readKubeconfig } from "./rest/client.ts";
import { query } from "./rest/trpc.ts";
import { explainToFirstPort, renderLadder } from "./why.ts";
import { parseChoice, parsePort } from "./words.ts";

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
    console.error(error instanceof Error ? error.message : error);
    return error instanceof ExitError ? error.code : failed.code;
  }
}

function createProgram(config: CliConfig): Command {
  const program = new Command("percale")
    .description("Networking and network security for containers, VMs and hosts")
    .option("--kubeconfig <file>", "how to reach the API", config.kubeconfig)
    .enablePositionalOptions()
    .showHelpAfterError() // commands inherit it: whoever mistypes sees what there is
    .exitOverride();
  const access = () => readKubeconfig(program.opts<{ kubeconfig: string }>().kubeconfig);

  addResourceCommands(program, access);
  program
    .command("version")
    .description("versions of this command and of the API server")
    .option("--client", "only this command's")
    .action(async ({ client }: { client?: true }) => {
      console.log(`Client Version:    ${VERSION}`);
      if (client === true) return;
      const { gitVersion } = (await call(access(), "GET", "/version")) as { readonly gitVersion?: string };
      console.log(`Server Version:    ${gitVersion ?? "unknown"}`);
    });
  program
    .command("whoami")
    .description("who the API server takes you for")
    .action(async () => {
      const { user, groups = [] } = (await query(access(), "session.whoami")) as {
        readonly user: string;
        readonly groups?: readonly string[];
      };
      console.log(`${user}${groups.length > 0 ? ` (${groups.join(", ")})` : ""}`);
    });
  program
    .command("why")
    .description("what decides whether one may reach another")
    .argument("<from>", "a workload (name, or namespace/name), node:<node>, or an address")
    .argument("<to>", "the same")
    .option("--port <number>", "destination port; the target's first if absent", parsePort)
    .option("--proto <protocol>", "tcp, udp, icmp or icmpv6", "tcp")
    .action(async (from: string, to: string, { port, proto }: { port?: number; proto: string }) => {
      const protocol = parseChoice("--proto", proto, PROTOCOLS);
      const question = { from, to, protocol, ...(port !== undefined && { port }) };
      process.stdout.write(renderLadder(await explainToFirstPort(access(), question)));
    });
  addBgpCommands(program, access);
  addHistoryCommand(program, access);
  addIpamCommands(program, access);
  addLabCommands(program, config);
  return program;
}
