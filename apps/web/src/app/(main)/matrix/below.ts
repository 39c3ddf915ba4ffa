import { Profile, Tier } from "@percale/resources/catalog";
import { formatOpen } from "../../../words/kinds.ts";
import { type Cell, cellOf, type Matrix } from "./view.ts";

/** A policy, profile or end of a tier, and what it comes to on the pairs that are probed. */
export interface Decider {
  readonly name: string;
  /** What it is, where the name does not tell. */
  readonly what: string | undefined;
  readonly href: string;
  readonly allows: number;
  readonly denies: number;
}

/** Who decides, by how many pairs. Of a pair that is allowed both ends have their say. */
export function decidersIn({ probes }: Matrix): readonly Decider[] {
  const found = new Map<string, { allows: number; denies: number }>();
  for (const { by = [], predicted } of probes)
    for (const key of by) {
      const tally = found.get(key) ?? { allows: 0, denies: 0 };
      if (predicted === "Allow") tally.allows++;
      else tally.denies++;
      found.set(key, tally);
    }
  return [...found]
    .map(([key, tally]) => ({ ...named(key), ...tally }))
    .sort((a, b) => b.allows + b.denies - a.allows - a.denies || a.name.localeCompare(b.name));
}

/** Of `kind/namespace/name`. */
function named(key: string): Pick<Decider, "name" | "what" | "href"> {
  const [kind = "", ...rest] = key.split("/");
  const [first = "", second] = rest;
  if (kind === Tier.kind) return { name: first, what: "end of tier", href: "/policies" };
  const open = formatOpen(second === undefined ? { kind, name: first } : { kind, namespace: first, name: second });
  if (kind === Profile.kind) return { name: first, what: "profile", href: `/profiles?open=${open}` };
  return { name: rest.join("/"), what: undefined, href: `/policies?open=${open}` };
}

/** Pairs on which packets met another outcome than before, the newest first; not those that need a look anyway. */
export function flipped({ probes }: Matrix): readonly Cell[] {
  return probes
    .filter(({ flippedAt }) => flippedAt !== undefined)
    .map(cellOf)
    .filter(({ differs }) => !differs)
    .sort((a, b) => ((a.flippedAt ?? "") < (b.flippedAt ?? "") ? 1 : -1));
}
