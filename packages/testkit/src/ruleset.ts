import { spawnSync } from "node:child_process";
import { inNetns } from "@percale/kernel";

/** Runs nft in the namespace and gives what it prints. Throws with its words if it refuses. */
export function nft(netns: string, ...argv: readonly string[]): string {
  const { stdout, stderr, status } = inNetns(netns, () =>
    spawnSync("nft", argv, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 }),
  );
  if (status !== 0) throw new Error(`nft ${argv.join(" ")}: ${stderr}`);
  return stdout;
}

/** What nft lists, without handles and counts: of two namespaces that enforce the same, both are equal. */
export type Ruleset = Readonly<Record<string, unknown>>;

/** An object as `nft -j list` shows it; only what we look at. */
interface Listed {
  readonly family: string;
  readonly table?: string;
  readonly name?: string;
  readonly chain?: string;
  readonly comment?: string;
  readonly hook?: string;
  readonly handle: number;
  readonly elem?: readonly unknown[];
  readonly expr?: readonly Readonly<Record<string, unknown>>[];
}

export function readRuleset(netns: string): Ruleset {
  const found: Record<string, unknown> = {};
  const rules: Record<string, unknown[]> = {};
  for (const [kind, object] of listRuleset(netns)) {
    const { handle: _, elem, expr, ...rest } = object;
    if (kind === "rule")
      (rules[`rules ${object.family} ${object.table} ${object.chain}`] ??= []).push({
        ...rest,
        expr: withoutCounts(expr!),
      });
    else found[`${kind} ${object.family} ${object.table} ${object.name}`] = { ...rest, elem: elem?.map(text).sort() };
  }
  return { ...found, ...rules };
}

/** Every object with its kind, as nft prints it. */
export function listRuleset(netns: string): readonly (readonly [kind: string, object: Listed])[] {
  const { nftables } = JSON.parse(nft(netns, "-j", "list", "ruleset")) as {
    nftables: readonly Record<string, Listed>[];
  };
  return nftables.flatMap((entry) => Object.entries(entry)).filter(([kind]) => kind !== "metainfo");
}

function withoutCounts(exprs: readonly Readonly<Record<string, unknown>>[]): unknown {
  return exprs.map((expr) => ("counter" in expr ? "counter" : expr));
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
