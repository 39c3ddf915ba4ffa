import type { Selector } from "./selector.ts";

/** What any match must have at one label. */
export type Restriction =
  | { readonly must: "present" }
  | { readonly must: "absent" }
  | { readonly must: "equal"; readonly values: readonly string[] };

/** Necessary, not sufficient: every match obeys all of them. "never": nothing can match. */
export type Restrictions = ReadonlyMap<string, Restriction> | "never";

const NONE: Restrictions = new Map();

/** The cheap part of a selector: what an index looks up before the full evaluation. */
export function restrictionsOf(s: Selector): Restrictions {
  switch (s.op) {
    case "has":
    case "contains":
    case "starts with":
    case "ends with":
      return new Map([[s.key, { must: "present" }]]);
    case "==":
      return new Map([[s.key, { must: "equal", values: [s.value] }]]);
    case "in":
      return s.values.size === 0 ? "never" : new Map([[s.key, { must: "equal", values: [...s.values] }]]);
    case "not":
      return s.arg.op === "has" ? new Map([[s.arg.key, { must: "absent" }]]) : NONE;
    case "and":
      return s.args.map(restrictionsOf).reduce(both);
    case "or":
      return s.args.map(restrictionsOf).reduce(either);
    case "all":
    case "global":
    case "!=":
    case "not in":
      return NONE;
  }
}

function both(a: Restrictions, b: Restrictions): Restrictions {
  if (a === "never" || b === "never") return "never";
  const merged = new Map(a);
  for (const [key, right] of b) {
    const left = merged.get(key);
    const joint = left === undefined ? right : intersection(left, right);
    if (joint === undefined) return "never";
    merged.set(key, joint);
  }
  return merged;
}

/** Undefined if no label can obey both. */
function intersection(a: Restriction, b: Restriction): Restriction | undefined {
  if (a.must === "absent" || b.must === "absent") return a.must === b.must ? a : undefined;
  if (a.must === "present") return b;
  if (b.must === "present") return a;
  const values = a.values.filter((value) => b.values.includes(value));
  return values.length === 0 ? undefined : { must: "equal", values };
}

function either(a: Restrictions, b: Restrictions): Restrictions {
  if (a === "never") return b;
  if (b === "never") return a;
  const kept = new Map<string, Restriction>();
  for (const [key, left] of a) {
    const right = b.get(key);
    const joint = right === undefined ? undefined : union(left, right);
    if (joint !== undefined) kept.set(key, joint);
  }
  return kept;
}

/** Undefined if the two say nothing in common. */
function union(a: Restriction, b: Restriction): Restriction | undefined {
  if (a.must === "absent" || b.must === "absent") return a.must === b.must ? a : undefined;
  if (a.must === "present" || b.must === "present") return { must: "present" };
  return { must: "equal", values: [...new Set([...a.values, ...b.values])] };
}
