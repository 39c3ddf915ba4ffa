import { didYouMean } from "@percale/daemon";
import { endsIn, renderBgp } from "./bgp-table.ts";
import type { BgpAnswer } from "./bgp-table.ts";
import { ExitError } from "./exit-error.ts";
import type { Access } from "./rest/client.ts";
import { query } from "./rest/trpc.ts";

export type BgpFormat = "ps" | "wide" | "json";

/** An ExitError for a node that there is not. */
export async function showBgp(
  access: Access,
  { node, format }: { readonly node?: string | undefined; readonly format: BgpFormat },
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
