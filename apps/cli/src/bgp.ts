/** `percale bgp`: who exchanges routes with whom, and why not. */
import { didYouMean } from "@percale/daemon";
import type { Command } from "commander";
import { endsIn, renderBgp } from "./bgp-table.ts";
import type { BgpAnswer } from "./bgp-table.ts";
import { ExitError } from "./exit-error.ts";
import type { Access } from "./rest/client.ts";
import { query } from "./rest/trpc.ts";
import { parseChoice } from "./words.ts";

const OUTPUTS = { ps: "ps", wide: "wide", json: "json" } as const;

export function addBgpCommands(program: Command, access: () => Access): void {
  const bgp = program.command("bgp").description("BGP: sessions, and why one is down");
  bgp
    .command("sessions", { isDefault: true })
    .description("both ends of every session, and the likely cause of each that is down")
    .option("--node <node>", "only this node's")
    .option("-o, --output <format>", "ps, wide or json", "ps")
    .action(async ({ node, output }: { node?: string; output: string }) => {
      const format = parseChoice("--output", output, OUTPUTS);
      process.stdout.write(await showBgp(access(), { node, format }));
    });
}

/** An ExitError for a node that there is not. */
export async function showBgp(
  access: Access,
  { node, format }: { readonly node?: string | undefined; readonly format: keyof typeof OUTPUTS },
): Promise<string> {
  const answer = (await query(access, "bgp.sessions")) as BgpAnswer; // as the server's view has it
  const known = answer.nodes.map((one) => one.node);
  if (node !== undefined && !known.includes(node)) {
    const there = known.length === 0 ? "no node has joined" : `there are ${known.join(", ")}`;
    throw new ExitError(`no node called ${node}; ${there}${didYouMean(node, known)}`);
  }
  if (format !== "json") return renderBgp(answer, { node, wide: format === "wide", nowMs: Date.now() });
  return `${JSON.stringify(endsIn(answer, node), undefined, 2)}\n`;
}
