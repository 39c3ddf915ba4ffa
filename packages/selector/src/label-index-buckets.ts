import { addToFew, fewMembers, fewSize, removeFromFew } from "./few.ts";
import type { Few } from "./few.ts";
import type { Restrictions } from "./restriction.ts";

/** An item as the buckets see it. */
export interface Indexed {
  /** Labels, own and inherited, each key once. */
  eachLabel(visit: (key: string, value: string) => void): void;
}

/** A selector as the buckets see it. */
export interface Watched {
  /** Where it stands; set by the buckets. `values` undefined: under the key's presence. */
  chosen: { readonly key: string; readonly values: readonly string[] | undefined } | undefined;
}

interface Key<I extends object, S extends object> {
  readonly itemsByValue: Map<string, Few<I>>;
  readonly selectorsByValue: Map<string, Few<S>>;
  /** Selectors that demand the key with any value. */
  readonly present: Set<S>;
}

/**
 * Items and selectors by label. A selector stands in one place: under the values or the presence of one label that it demands, the one with
 * the fewest neighbours; items look up all their labels. So a selector that demands nothing is a candidate for every item, and no other is.
 */
export class Buckets<I extends Indexed, S extends Watched> {
  readonly #keys = new Map<string, Key<I, S>>();
  readonly #unrestricted = new Set<S>();

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#unrestricted.size === 0;
  }

  addItem(item: I): void {
    item.eachLabel((name, value) => addTo(this.#key(name).itemsByValue, value, item));
  }

  /** The item's labels must be those it was added with. */
  removeItem(item: I): void {
    item.eachLabel((name, value) => {
      const key = this.#keys.get(name);
      if (key === undefined) return;
      removeFrom(key.itemsByValue, value, item);
      this.#tidy(name, key);
    });
  }

  addSelector(selector: S, restrictions: Restrictions): void {
    if (restrictions === "never") return;
    selector.chosen = this.#choose(restrictions);
    if (selector.chosen === undefined) {
      this.#unrestricted.add(selector);
      return;
    }
    const { key: name, values } = selector.chosen;
    const key = this.#key(name);
    if (values === undefined) key.present.add(selector);
    else for (const value of values) addTo(key.selectorsByValue, value, selector);
  }

  removeSelector(selector: S): void {
    this.#unrestricted.delete(selector);
    if (selector.chosen === undefined) return;
    const { key: name, values } = selector.chosen;
    selector.chosen = undefined;
    const key = this.#keys.get(name);
    if (key === undefined) return;
    if (values === undefined) key.present.delete(selector);
    else for (const value of values) removeFrom(key.selectorsByValue, value, selector);
    this.#tidy(name, key);
  }

  /** Items that may match a selector of these restrictions; undefined: any may. */
  itemsFor(restrictions: Restrictions): Iterable<I> | undefined {
    if (restrictions === "never") return [];
    let best: Few<I>[] | undefined;
    let fewest = Infinity;
    for (const [name, restriction] of restrictions) {
      if (restriction.must === "absent") continue;
      const byValue = this.#keys.get(name)?.itemsByValue;
      const groups: Few<I>[] = [];
      if (restriction.must === "present") groups.push(...(byValue?.values() ?? []));
      else
        for (const value of restriction.values) {
          const group = byValue?.get(value);
          if (group !== undefined) groups.push(group);
        }
      const count = groups.reduce((sum, group) => sum + fewSize(group), 0);
      if (count < fewest) [best, fewest] = [groups, count];
      if (count === 0) break;
    }
    if (best === undefined) return undefined;
    return best.length === 1 ? fewMembers(best[0]) : best.flatMap((group) => [...fewMembers(group)]);
  }

  /** Selectors that may match, each once. */
  selectorsFor(item: I): readonly S[] {
    const found = [...this.#unrestricted];
    item.eachLabel((name, value) => {
      const key = this.#keys.get(name);
      if (key === undefined) return;
      for (const selector of key.present) found.push(selector);
      for (const selector of fewMembers(key.selectorsByValue.get(value))) found.push(selector);
    });
    return found;
  }

  #choose(restrictions: Exclude<Restrictions, "never">): Watched["chosen"] {
    let chosen: Watched["chosen"];
    let fewest = Infinity;
    for (const [name, restriction] of restrictions) {
      if (restriction.must === "absent") continue;
      const key = this.#keys.get(name);
      const values = restriction.must === "equal" ? restriction.values : undefined;
      let neighbours = 0;
      if (values === undefined) neighbours = 1_000_000 + (key?.present.size ?? 0); // a value is always the better place
      else for (const value of values) neighbours += fewSize(key?.selectorsByValue.get(value));
      if (neighbours < fewest) [chosen, fewest] = [{ key: name, values }, neighbours];
    }
    return chosen;
  }

  #key(name: string): Key<I, S> {
    let key = this.#keys.get(name);
    if (key === undefined)
      this.#keys.set(name, (key = { itemsByValue: new Map(), selectorsByValue: new Map(), present: new Set() }));
    return key;
  }

  #tidy(name: string, { itemsByValue, selectorsByValue, present }: Key<I, S>): void {
    if (itemsByValue.size === 0 && selectorsByValue.size === 0 && present.size === 0) this.#keys.delete(name);
  }
}

function addTo<T extends object>(groups: Map<string, Few<T>>, value: string, member: T): void {
  groups.set(value, addToFew(groups.get(value), member));
}

function removeFrom<T extends object>(groups: Map<string, Few<T>>, value: string, member: T): void {
  const left = removeFromFew(groups.get(value), member);
  if (left === undefined) groups.delete(value);
  else groups.set(value, left);
}
