/**
 * A map that never changes: a change makes another, at the cost of what it changes and, once in many, of a copy. Who holds an older one
 * keeps it.
 *
 *     const draft = map.edit();
 *     draft.set("a", 1);
 *     const newer = draft.done(); // map is as it was
 */
export class LayeredMap<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  /** What differs from the base; undefined: it is gone. Never more than about the root of the base's size. */
  readonly #over: ReadonlyMap<K, V | undefined>;
  readonly size: number;

  constructor(base: ReadonlyMap<K, V> = new Map(), over: ReadonlyMap<K, V | undefined> = new Map(), size = base.size) {
    this.#base = base;
    this.#over = over;
    this.size = size;
  }

  get(key: K): V | undefined {
    return this.#over.has(key) ? this.#over.get(key) : this.#base.get(key);
  }

  *entries(): Generator<[K, V]> {
    for (const entry of this.#base) if (!this.#over.has(entry[0])) yield entry;
    for (const [key, value] of this.#over) if (value !== undefined) yield [key, value];
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  edit(): MapEdit<K, V> {
    return new MapEdit(this, this.#base, this.#over);
  }
}

/** Changes on their way to a newer map. Sees itself. */
export class MapEdit<K, V> {
  readonly #from: LayeredMap<K, V>;
  readonly #base: ReadonlyMap<K, V>;
  readonly #over: Map<K, V | undefined>;
  #size: number;
  #isChanged = false;

  constructor(from: LayeredMap<K, V>, base: ReadonlyMap<K, V>, over: ReadonlyMap<K, V | undefined>) {
    this.#from = from;
    this.#base = base;
    this.#over = new Map(over);
    this.#size = from.size;
  }

  get(key: K): V | undefined {
    return this.#over.has(key) ? this.#over.get(key) : this.#base.get(key);
  }

  /** Undefined takes it away. */
  set(key: K, value: V | undefined): void {
    this.#size += Number(value !== undefined) - Number(this.get(key) !== undefined);
    this.#over.set(key, value);
    this.#isChanged = true;
  }

  /** Ends the edit: nothing may be set any more. */
  done(): LayeredMap<K, V> {
    if (!this.#isChanged) return this.#from;
    const isFirst = this.#base.size === 0 && this.#over.size === this.#size; // nothing beneath, nothing gone: no copy is needed
    if (isFirst) return new LayeredMap(this.#over as ReadonlyMap<K, V>);
    if (this.#over.size ** 2 <= this.#base.size) return new LayeredMap(this.#base, this.#over, this.#size);
    const all = new Map(this.#base);
    for (const [key, value] of this.#over)
      if (value === undefined) all.delete(key);
      else all.set(key, value);
    return new LayeredMap(all);
  }
}
