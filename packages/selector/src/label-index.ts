import { addToFew, fewHas, fewMembers, removeFromFew } from "./few.ts";
import type { Few } from "./few.ts";
import { Buckets } from "./label-index-buckets.ts";
import type { Indexed, Watched } from "./label-index-buckets.ts";
import { labelOf } from "./inherit.ts";
import { restrictionsOf } from "./restriction.ts";
import { matches } from "./selector.ts";
import type { Selector } from "./selector.ts";

export type LabelRecord = Readonly<Record<string, string>>;

/** Told once per change of a pair; never for a pair that stays as it is. */
export interface MatchListener {
  started(selectorId: string, itemId: string): void;
  stopped(selectorId: string, itemId: string): void;
}

/**
 * Which selectors match which items, kept current as either changes. An item has labels of its own and inherits what its parents give
 *: own first, then parents in order. A change costs what it touches: candidates are found by the labels that a selector demands.
 *
 *     const index = new LabelIndex({ started: (s, i) => log(s, i), stopped() {} });
 *     index.putSelector("db", parseSelector(`role == "db"`));
 *     index.putItem("a", { role: "db" }, []); // started("db", "a")
 */
export class LabelIndex {
  readonly #listener: MatchListener;
  readonly #items = new Map<string, Item>();
  readonly #parents = new Map<string, Parent>();
  readonly #selectors = new Map<string, Watch>();
  readonly #buckets = new Buckets<Item, Watch>();

  constructor(listener: MatchListener) {
    this.#listener = listener;
  }

  get itemCount(): number {
    return this.#items.size;
  }

  get selectorCount(): number {
    return this.#selectors.size;
  }

  /** True when nothing is held: no item, selector or parent. */
  get isEmpty(): boolean {
    return this.#items.size === 0 && this.#selectors.size === 0 && this.#parents.size === 0 && this.#buckets.isEmpty;
  }

  /** A parent that is not there gives nothing until it is. */
  putItem(id: string, labels: LabelRecord, parents: readonly string[]): void {
    const known = this.#items.get(id);
    const item = known ?? new Item(id);
    this.#items.set(id, item);
    const inherited = parents.map((parent) => this.#parent(parent));
    if (known !== undefined) this.#buckets.removeItem(known);
    const old = item.parents;
    item.own = labels;
    item.parents = inherited;
    for (const parent of inherited) parent.items.add(item);
    for (const parent of old) if (!inherited.includes(parent)) this.#leave(parent, item);
    this.#buckets.addItem(item);
    this.#rescan(item);
  }

  removeItem(id: string): void {
    const item = this.#items.get(id);
    if (item === undefined) return;
    this.#items.delete(id);
    this.#buckets.removeItem(item);
    for (const parent of item.parents) this.#leave(parent, item);
    for (const watch of fewMembers(item.matched)) {
      watch.matched = removeFromFew(watch.matched, item);
      this.#listener.stopped(watch.id, id);
    }
  }

  putParent(id: string, labels: LabelRecord): void {
    this.#changeParent(this.#parent(id), labels);
  }

  removeParent(id: string): void {
    const parent = this.#parents.get(id);
    if (parent === undefined) return;
    this.#changeParent(parent, undefined);
    if (parent.items.size === 0) this.#parents.delete(id);
  }

  putSelector(id: string, selector: Selector): void {
    const known = this.#selectors.get(id);
    if (known?.selector === selector) return;
    const watch = known ?? new Watch(id);
    if (known !== undefined) this.#buckets.removeSelector(known);
    this.#selectors.set(id, watch);
    watch.selector = selector;
    const restrictions = restrictionsOf(selector);
    this.#buckets.addSelector(watch, restrictions);
    for (const item of fewMembers(watch.matched)) if (!matches(selector, item)) this.#stop(watch, item);
    for (const item of this.#buckets.itemsFor(restrictions) ?? this.#items.values())
      if (!fewHas(watch.matched, item) && matches(selector, item)) this.#start(watch, item);
  }

  removeSelector(id: string): void {
    const watch = this.#selectors.get(id);
    if (watch === undefined) return;
    this.#selectors.delete(id);
    this.#buckets.removeSelector(watch);
    for (const item of fewMembers(watch.matched)) {
      item.matched = removeFromFew(item.matched, watch);
      this.#listener.stopped(id, item.id);
    }
  }

  /** Items that the selector matches now. */
  *itemsOf(selectorId: string): Generator<string> {
    for (const item of fewMembers(this.#selectors.get(selectorId)?.matched)) yield item.id;
  }

  /** Selectors that match the item now. */
  *selectorsOf(itemId: string): Generator<string> {
    for (const watch of fewMembers(this.#items.get(itemId)?.matched)) yield watch.id;
  }

  #parent(id: string): Parent {
    let parent = this.#parents.get(id);
    if (parent === undefined) this.#parents.set(id, (parent = { id, labels: undefined, items: new Set() }));
    return parent;
  }

  #leave(parent: Parent, item: Item): void {
    parent.items.delete(item);
    if (parent.items.size === 0 && parent.labels === undefined) this.#parents.delete(parent.id);
  }

  #changeParent(parent: Parent, labels: LabelRecord | undefined): void {
    for (const item of parent.items) this.#buckets.removeItem(item);
    parent.labels = labels;
    for (const item of parent.items) {
      this.#buckets.addItem(item);
      this.#rescan(item);
    }
  }

  #rescan(item: Item): void {
    for (const watch of fewMembers(item.matched)) if (!matches(watch.selector, item)) this.#stop(watch, item);
    for (const watch of this.#buckets.selectorsFor(item))
      if (!fewHas(item.matched, watch) && matches(watch.selector, item)) this.#start(watch, item);
  }

  #start(watch: Watch, item: Item): void {
    watch.matched = addToFew(watch.matched, item);
    item.matched = addToFew(item.matched, watch);
    this.#listener.started(watch.id, item.id);
  }

  #stop(watch: Watch, item: Item): void {
    watch.matched = removeFromFew(watch.matched, item);
    item.matched = removeFromFew(item.matched, watch);
    this.#listener.stopped(watch.id, item.id);
  }
}

interface Parent {
  readonly id: string;
  /** Undefined while something names it and it is not there. */
  labels: LabelRecord | undefined;
  readonly items: Set<Item>;
}

/** Answers `get` from the records themselves: no merged copy of the labels is kept. */
class Item implements Indexed {
  readonly id: string;
  own: LabelRecord = {};
  parents: readonly Parent[] = [];
  matched: Few<Watch>;

  constructor(id: string) {
    this.id = id;
  }

  get(key: string): string | undefined {
    return labelOf(this.own, this.parents, key);
  }

  eachLabel(visit: (key: string, value: string) => void): void {
    const { own } = this;
    for (const key in own) if (Object.hasOwn(own, key)) visit(key, own[key]!);
    const seen = this.parents.length > 1 ? new Set<string>() : undefined;
    for (const { labels } of this.parents)
      for (const key in labels) {
        if (!Object.hasOwn(labels, key) || Object.hasOwn(own, key) || seen?.has(key) === true) continue;
        seen?.add(key);
        visit(key, labels[key]!);
      }
  }
}

class Watch implements Watched {
  readonly id: string;
  selector: Selector = { op: "all" };
  chosen: Watched["chosen"] = undefined;
  matched: Few<Item>;

  constructor(id: string) {
    this.id = id;
  }
}
