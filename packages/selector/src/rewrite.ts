import type { Selector } from "./selector.ts";

/** The selector with `prefix` before every label it names: `pcns.` turns a question about a namespace into one about its endpoints. */
export function prefixLabels(s: Selector, prefix: string): Selector {
  return mapLeaves(s, (leaf) => ("key" in leaf ? { ...leaf, key: prefix + leaf.key } : leaf));
}

/** The selector with every `all()` and `global()` replaced by what it stands for here. Values that spell `all()` stay. */
export function substitute(s: Selector, by: { readonly all?: Selector; readonly global?: Selector }): Selector {
  return mapLeaves(s, (leaf) => (leaf.op === "all" || leaf.op === "global" ? (by[leaf.op] ?? leaf) : leaf));
}

type Leaf = Exclude<Selector, { readonly op: "not" } | { readonly op: "and" | "or" }>;

function mapLeaves(s: Selector, change: (leaf: Leaf) => Selector): Selector {
  switch (s.op) {
    case "not":
      return { op: "not", arg: mapLeaves(s.arg, change) };
    case "and":
    case "or":
      return { op: s.op, args: s.args.map((arg) => mapLeaves(arg, change)) };
    case "all":
    case "global":
    case "has":
    case "in":
    case "not in":
    case "==":
    case "!=":
    case "contains":
    case "starts with":
    case "ends with":
      return change(s);
  }
}
