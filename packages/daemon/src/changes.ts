/** Where something says that it changed, without saying what: whoever shows it looks at it again. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  /** Bound: handed on as a plain callback. */
  readonly notify = (): void => {
    for (const listener of this.#listeners) listener();
  };

  /** The result stops it. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
