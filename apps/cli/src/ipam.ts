/** `percale ipam …`: addresses that nobody gives back by themselves. */
import type { Command } from "commander";
import type { Access } from "./rest/client.ts";
import { mutate } from "./rest/trpc.ts";

export function addIpamCommands(program: Command, access: () => Access): void {
  const ipam = program.command("ipam").description("addresses: who has them, and giving them back");
  ipam
    .command("release")
    .description("give an address back to its block")
    .requiredOption("--ip <address>", "the address to release")
    .option("--force", "even if a workload endpoint has it")
    .action(async ({ ip, force = false }: { ip: string; force?: boolean }) => {
      const { address } = (await mutate(access(), "ipam.release", { address: ip, force })) as { address: string };
      console.log(`Successfully released IP address ${address}`);
    });
}
