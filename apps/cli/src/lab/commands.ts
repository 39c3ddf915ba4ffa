/** `percale lab …`, as it is typed. What does the work is loaded when it is asked for. */
import type { Command } from "commander";
import type { CliConfig } from "../config.ts";
import { parseChoice, parsePort } from "../words.ts";

const acts = () => import("./acts.ts");

export function addLabCommands(program: Command, config: CliConfig): void {
  const lab = program.command("lab").description("three nodes and a small shop, as network namespaces of this machine");
  lab
    .command("up")
    .description("bring the lab up; does nothing if it is up")
    .action(async () => (await acts()).up(config));
  lab
    .command("down")
    .description("detach the workloads and remove every trace of the lab")
    .action(async () => (await acts()).down(config));
  lab
    .command("status")
    .description("nodes and workloads with their addresses, and what is wrong with them")
    .option("-o, --output <format>", "ps or json", "ps")
    .action(async ({ output }: { output: string }) => {
      const isJson = parseChoice("--output", output, { ps: false, json: true });
      process.stdout.write(await (await acts()).showStatus(config, { isJson }));
    });
  lab
    .command("probe")
    .description("send one real packet exchange; exit 0 allowed, 1 denied, 2 could not try")
    .argument("<from>", "workload, node, outside, or an address of one")
    .argument("<to>", "the same, or any address")
    .option("--port <number>", "the target's first port if absent", parsePort)
    .option("--proto <protocol>", "tcp, udp or icmp", "tcp")
    .option("-6, --ipv6", "over IPv6")
    .action(async (from: string, to: string, options: { port?: number; proto: string; ipv6?: true }) => {
      process.exitCode = await (await acts()).probe(config, { from, to, ...options });
    });
  lab
    .command("exec")
    .description("run a command inside a workload: percale lab exec cart -- ip addr")
    .argument("<workload>")
    .argument("<command...>")
    .action(async (workload: string, command: string[]) => {
      process.exitCode = await (await acts()).exec(config, workload, command);
    });
}
