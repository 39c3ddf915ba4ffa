import type { ObjectVersions } from "@percale/policy";
import type { KubeObject } from "@percale/resources";

/** What a list is sorted by. Of two kinds of values numbers come first; equal ones stand by name. */
export interface Key {
  readonly value: number | string;
  readonly name: string;
}

/**
 * Objects of kinds in the order of a column, from state to state at the cost of what changed and of one look at each. Keys are made once
 * for each object, which never changes.
 */
export class Orders {
  readonly #known = new Map<string, { readonly of: ObjectVersions; readonly list: readonly KubeObject[] }>();
  readonly #keys = new Map<string, WeakMap<KubeObject, Key>>();

  by(column: string, { objects, kinds, keyOf }: OrderOf): readonly KubeObject[] {
    const order = `${kinds.join()} ${column}`;
    const before = this.#known.get(order);
    if (before !== undefined && kinds.every((kind) => before.of.hasSame(kind, objects))) return before.list;
    const keys = this.#keys.get(order) ?? new WeakMap<KubeObject, Key>();
    this.#keys.set(order, keys);
    const known = (object: KubeObject): Key => {
      let key = keys.get(object);
      if (key === undefined) keys.set(object, (key = keyOf(object)));
      return key;
    };
    const now = kinds.flatMap((kind) => [...objects.values(kind)]);
    const list = reordered(before?.list ?? [], now, (a, b) => compareKeys(known(a), known(b)));
    this.#known.set(order, { of: objects, list });
    return list;
  }
}

interface OrderOf {
  readonly objects: ObjectVersions;
  readonly kinds: readonly string[];
  readonly keyOf: (object: KubeObject) => Key;
}

/** The order of all that are there now, beginning with that of those before. */
export function reordered<T>(before: readonly T[], now: Iterable<T>, compare: (a: T, b: T) => number): readonly T[] {
  const come = new Set(now);
  const kept = before.filter((one) => come.delete(one));
  const added = [...come].sort(compare);
  const merged: T[] = [];
  let at = 0;
  for (const one of kept) {
    while (at < added.length && compare(added[at]!, one) < 0) merged.push(added[at++]!);
    merged.push(one);
  }
  for (; at < added.length; at++) merged.push(added[at]!);
  return merged;
}

export function compareKeys(a: Key, b: Key): number {
  return compareValues(a.value, b.value) || compareValues(a.name, b.name);
}

function compareValues(a: number | string, b: number | string): number {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Such that texts stand as people sort them, by plain comparison: `node-2` before `node-10`. */
export function naturalKey(text: string): string {
  return text.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(12, "0"));
}
