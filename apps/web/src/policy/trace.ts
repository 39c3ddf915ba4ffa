import type { Misfit } from "@percale/api";
import type { IconName } from "../parts/icon.tsx";

/** One step of an explanation: a policy, the end of a tier, or a profile, with why it did or did not decide. */
export interface TraceRow {
  readonly tier: string;
  readonly what: "policy" | "endOfTier" | "profile" | "noPolicy";
  /** Board key of the policy: `name/namespace/kind`. */
  readonly cardKey?: string;
  /** `networkpolicies/shop/allow-web`. */
  readonly path?: string;
  readonly namespace?: string;
  readonly name: string;
  /** From 1; the rule that matched. */
  readonly rule?: number;
  readonly outcome: "allow" | "deny" | "pass" | "none";
  readonly reason: string;
  /** Why the first of its rules did not match. */
  readonly misfits?: readonly Misfit[];
  readonly decides: boolean;
}

export interface TraceHalf {
  readonly direction: "egress" | "ingress";
  /** `shop/frontend`, or the address where it is no endpoint of ours. */
  readonly endpoint: string;
  readonly node: string | undefined;
  readonly verdict: "Allow" | "Deny";
  readonly rows: readonly TraceRow[];
}

export interface Trace {
  readonly verdict: "Allow" | "Deny";
  readonly halves: readonly TraceHalf[];
}

export interface TraceStep {
  /** `E1`, `I3`. */
  readonly id: string;
  readonly tone: "a" | "d" | "p" | "n";
  readonly icon: IconName;
  readonly title: string;
  readonly decides: boolean;
}

/** The trace laid over the board. */
export interface TraceSteps {
  readonly cards: ReadonlyMap<string, readonly TraceStep[]>;
  readonly ends: ReadonlyMap<string, readonly TraceStep[]>;
  /** The verdict of the profiles, if it came that far. */
  readonly profiles: string | undefined;
}

export interface PathItem extends TraceStep {
  readonly row: TraceRow;
}

const TONES = { allow: "a", deny: "d", pass: "p", none: "n" } as const;
const ICONS: Readonly<Record<TraceRow["outcome"], IconName>> = {
  allow: "allow",
  deny: "deny",
  pass: "pass",
  none: "nomatch",
};

/** Numbers the steps of one half in the order in which they are taken. */
export function pathOfHalf({ direction, rows }: TraceHalf): readonly PathItem[] {
  const letter = direction === "egress" ? "E" : "I";
  return rows.map((row, index) => ({
    id: `${letter}${index + 1}`,
    tone: TONES[row.outcome],
    icon: ICONS[row.outcome],
    title: `${row.what === "endOfTier" ? `End of tier ${row.tier}` : row.name}${row.rule === undefined ? "" : ` rule ${row.rule}`}: ${row.reason}`,
    decides: row.decides,
    row,
  }));
}

export function stepsOf(trace: Trace): TraceSteps {
  const cards = new Map<string, TraceStep[]>();
  const ends = new Map<string, TraceStep[]>();
  let profiles: string | undefined;
  const add = (map: Map<string, TraceStep[]>, key: string, step: TraceStep) =>
    map.set(key, [...(map.get(key) ?? []), step]);
  for (const half of trace.halves) {
    for (const item of pathOfHalf(half)) {
      if (item.row.what === "profile" && item.row.decides) profiles = half.verdict;
      if (item.row.what === "endOfTier") add(ends, item.row.tier, item);
      else if (item.row.cardKey !== undefined) add(cards, item.row.cardKey, item);
    }
  }
  return { cards, ends, profiles };
}

/** A word of a sentence, or a name in it. */
export type TracePiece =
  | { readonly t: "word"; readonly text: string }
  | { readonly t: "name"; readonly namespace?: string; readonly name: string; readonly path?: string };

const word = (text: string): TracePiece => ({ t: "word", text });

/** The answer in one sentence: who decides, by what. */
export function traceSentence(trace: Trace): readonly TracePiece[] {
  const denying = trace.halves.filter((half) => half.verdict === "Deny").slice(0, 1);
  const halves = denying.length > 0 ? denying : trace.halves;
  const parts = halves.flatMap((half) => {
    const row = half.rows.find((each) => each.decides);
    if (row === undefined && denying.length === 0) return [];
    const side = half.direction === "egress" ? "the source" : "the destination";
    const verb = half.verdict === "Deny" ? "denies it" : "allows it";
    return [row === undefined ? [word(`${side} ${verb}`)] : [word(`${side} ${verb} by `), ...rowPieces(row)]];
  });
  if (parts.length === 0) return [word("No policy applies on either side.")];
  const pieces = parts.flatMap((part, index) => (index === 0 ? part : [word(", "), ...part]));
  return [...pieces.map((piece, index) => (index === 0 ? capital(piece) : piece)), word(".")];
}

function capital(piece: TracePiece): TracePiece {
  return piece.t === "name" ? piece : word(piece.text.charAt(0).toUpperCase() + piece.text.slice(1));
}

function rowPieces({ what, tier, namespace, name, path, rule }: TraceRow): readonly TracePiece[] {
  const ofRule = rule === undefined ? [] : [word(` rule ${rule}`)];
  switch (what) {
    case "policy":
      return [
        { t: "name", name, ...(namespace !== undefined && { namespace }), ...(path !== undefined && { path }) },
        ...ofRule,
      ];
    case "profile":
      return [word("profile "), { t: "name", name }, ...ofRule];
    case "endOfTier":
      return [word("the end of tier "), { t: "name", name: tier }];
    case "noPolicy":
      return [word("having no policy")];
  }
}

/** Where the answer was made, for the lens: "Denied at the destination". */
export function verdictWords(trace: Trace): string {
  if (trace.verdict === "Allow") return "Allowed";
  return trace.halves.some((half) => half.direction === "egress" && half.verdict === "Deny")
    ? "Denied at the source"
    : "Denied at the destination";
}
