/** Which part of a list is asked for. */
export interface Part {
  /** Of the first row among those that match. */
  readonly at: number;
  readonly limit: number;
}

export interface Window<T> {
  readonly rows: readonly T[];
  /** How many match. */
  readonly matched: number;
}

/** The rows that match, from one on. Looks at each. */
export function windowOf<T>(list: readonly T[], { at, limit }: Part, matches: (one: T) => boolean): Window<T> {
  const rows: T[] = [];
  let matched = 0;
  for (const one of list) {
    if (!matches(one)) continue;
    if (matched >= at && rows.length < limit) rows.push(one);
    matched++;
  }
  return { rows, matched };
}

/** `-node` is the column `node`, the last first. */
export function parseSort(text: string): { readonly column: string; readonly isDown: boolean } {
  return text.startsWith("-") ? { column: text.slice(1), isDown: true } : { column: text, isDown: false };
}

/** Of a filter such as `shop,payments` or, negated, `!kube-system,calico-system`. An empty one lets everything through. */
export function listFilter(text = ""): (value: string) => boolean {
  const isNegated = text.startsWith("!");
  const values = new Set((isNegated ? text.slice(1) : text).split(",").filter((value) => value !== ""));
  return (value) => values.size === 0 || values.has(value) !== isNegated;
}

/** Of what is typed; what it is looked for in is in small letters. */
export function textFilter(text = ""): (searched: string) => boolean {
  const wanted = text.trim().toLowerCase();
  return (searched) => searched.includes(wanted);
}
