import type { Misfit } from "@percale/api";

/** A question as people asked it. */
export interface AskedOf {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Absent where none was asked. */
  readonly port?: string;
}

/** Why rules of one policy did not match: `source is shop/frontend, rules 1–2 want app == 'cart' or app == 'api'`. */
export interface MisfitWords {
  /** What of the packet: `source`, `port`. */
  readonly what: string;
  readonly is: string;
  /** `rules 1–2`. */
  readonly rules: string;
  readonly verb: "wants" | "want" | "excludes" | "exclude";
  readonly wants: readonly string[];
}

/** Of policies with many rules the first tell enough. */
const MAX_REASONS = 2;

/** Rules that failed at the same thing are told together, in the order in which they were tried. */
export function misfitWords(misfits: readonly Misfit[], asked: AskedOf): readonly MisfitWords[] {
  return [...Map.groupBy(misfits, ({ field }) => field)].slice(0, MAX_REASONS).map(([field, group]) => {
    const isMany = group.length > 1;
    const isExcluded = /(^|\.)not[A-Z]/.test(field);
    return {
      ...seen(field, asked),
      rules: `${isMany ? "rules" : "rule"} ${ranges(group.map(({ rule }) => rule + 1))}`,
      verb: isExcluded ? (isMany ? "exclude" : "excludes") : isMany ? "want" : "wants",
      wants: [...new Set(group.map(({ wants }) => wants))],
    };
  });
}

function seen(field: string, { source, destination, protocol, port }: AskedOf): Pick<MisfitWords, "what" | "is"> {
  const [side, part] = field.split(".");
  if (part === undefined)
    return field === "ipVersion" ? { what: "address", is: source } : { what: "protocol", is: protocol };
  const isPort = part === "ports" || part === "notPorts";
  if (isPort && side === "destination") return { what: "port", is: port ?? "none" };
  if (isPort) return { what: "source port", is: "any" };
  return side === "source" ? { what: "source", is: source } : { what: "destination", is: destination };
}

/** `1–3, 5`. */
function ranges(numbers: readonly number[]): string {
  const found: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && number === last.last + 1) last.last = number;
    else found.push({ first: number, last: number });
  }
  return found.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}
