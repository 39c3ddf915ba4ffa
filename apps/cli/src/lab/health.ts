/** What is wrong with the lab's agents and its API, as the API tells it. */
import type { Condition } from "@percale/protocol";
import type { CliConfig } from "../config.ts";
import { readKubeconfig } from "../access/read-kubeconfig.ts";
import { query } from "../rest/trpc.ts";
import type { LabStatus } from "./status.ts";

export type LabCondition = Condition & { readonly source: string; readonly nodes?: readonly string[] };

/** Why they are not known, where they are not. */
export type LabHealth = { readonly conditions: readonly LabCondition[] } | { readonly unknown: string };

/** Asks anew each time: nothing is kept. */
export async function readHealth({ kubeconfig }: CliConfig, { nodes }: LabStatus): Promise<LabHealth> {
  try {
    const all = (await query(readKubeconfig(kubeconfig), "health.conditions")) as readonly LabCondition[];
    const sources = new Set(["api", "store", ...nodes.map(({ name }) => name)]);
    return { conditions: all.filter((one) => [one.source, ...(one.nodes ?? [])].some((name) => sources.has(name))) };
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}

/** Behind the state: `, 2 errors, 1 warning`. */
export function healthInWords(health: LabHealth): string {
  if ("unknown" in health) return ", health unknown";
  const counted = (["error", "warning"] as const).flatMap((severity) => {
    const count = health.conditions.filter((condition) => condition.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return counted.length === 0 ? "" : `, but ${counted.join(" and ")}`;
}

export function renderHealth(health: LabHealth): string {
  if ("unknown" in health) return `Health: unknown, the API does not tell it: ${health.unknown}\n`;
  return health.conditions
    .map(
      ({ severity, source, code, title, detail, advice }) =>
        `${severity.padEnd(7)}  ${source}: ${title} (${code})\n${[detail, advice]
          .filter((text) => text !== "")
          .map((text) => `         ${text}\n`)
          .join("")}`,
    )
    .join("");
}
