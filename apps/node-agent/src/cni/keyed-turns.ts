/** Lets work run one after another where it shares a key, and at once where it does not. */
export class KeyedTurns {
  /** What the last of each key waits for; never rejects. */
  readonly #lastByKey = new Map<string, Promise<unknown>>();

  /** Runs it when all that asked before it under any of these keys is over, well or not. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = Promise.all(keys.map((key) => this.#lastByKey.get(key) ?? Promise.resolve()));
    const mine = before.then(work);
    const settled = mine.catch(() => undefined);
    for (const key of keys) this.#lastByKey.set(key, settled);
    try {
      return await mine;
    } finally {
      for (const key of keys) if (this.#lastByKey.get(key) === settled) this.#lastByKey.delete(key);
    }
  }

  /** Keys under which something runs or waits. */
  get size(): number {
    return this.#lastByKey.size;
  }
}
