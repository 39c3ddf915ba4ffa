/** `percale ipam …`: addresses that nobody gives back by themselves. */
import type { Command } from "commander";
import { withGlobals } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { mutate } from "./rest/trpc.ts";

export function addIpamCommands(program: Command, shell: Shell): void {
  const ipam = program.command("ipam").description("addresses: who has them, and giving them back");
  const release = ipam
    .command("release")
    .description("give an address back to its block")
    .requiredOption("--ip <address>", "the address to release")
    .option("--force", "even if a workload endpoint has it");
  withGlobals(release).action(async ({ ip, force = false }: { ip: string; force?: boolean }) => {
    const answer = await mutate(await shell.access(release), "ipam.release", { address: ip, force });
    console.log(`Successfully released IP address ${(answer as { address: string }).address}`);
  });
}
