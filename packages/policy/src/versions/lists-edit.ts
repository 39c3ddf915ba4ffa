import type { LayeredMap, MapEdit } from "./layered-map.ts";

/** Edits a map of lists, each of which is copied once however much is put into it. A list that gets empty goes. */
export class ListsEdit<K, V> {
  readonly #map: MapEdit<K, readonly V[]>;
  /** Lists that this edit made, and may change. */
  readonly #own = new Map<K, V[]>();

  constructor(from: LayeredMap<K, readonly V[]>) {
    this.#map = from.edit();
  }

  get(key: K): readonly V[] {
    return this.#map.get(key) ?? [];
  }

  add(key: K, value: V): void {
    if (this.get(key).length > 0) this.#ownList(key).push(value);
    else this.#map.set(key, [value]); // most lists stay that short: nothing is reserved for more
  }

  remove(key: K, value: V): void {
    const list = this.#ownList(key);
    const at = list.indexOf(value);
    if (at >= 0) list.splice(at, 1);
    if (list.length > 0) return;
    this.#own.delete(key);
    this.#map.set(key, undefined);
  }

  /** Ends the edit. */
  done(): LayeredMap<K, readonly V[]> {
    return this.#map.done();
  }

  #ownList(key: K): V[] {
    let list = this.#own.get(key);
    if (list === undefined) {
      list = [...this.get(key)];
      this.#own.set(key, list);
      this.#map.set(key, list);
    }
    return list;
  }
}
