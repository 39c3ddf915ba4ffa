/** Where parts say that something of theirs changed, and whoever shows the whole of it listens. */
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
