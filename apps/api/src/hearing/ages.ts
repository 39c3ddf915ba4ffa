/** Of whom nothing was heard for so long, nobody remembers when it was. */
const FORGET_MS = 3_600_000;

/** When each node's agent was last heard, by a clock that never goes back. */
export class Ages {
  readonly #now: () => number;
  readonly #heardAt = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A word of it, that old by now. */
  hear(node: string, ageMs = 0): void {
    const at = this.#now() - ageMs;
    this.#heardAt.set(node, Math.max(at, this.#heardAt.get(node) ?? -Infinity));
  }

  of(node: string): number | undefined {
    const at = this.#heardAt.get(node);
    return at === undefined ? undefined : this.#now() - at;
  }

  all(): ReadonlyMap<string, number> {
    const now = this.#now();
    for (const [node, at] of this.#heardAt) if (now - at > FORGET_MS) this.#heardAt.delete(node);
    return new Map([...this.#heardAt].map(([node, at]) => [node, Math.round(now - at)]));
  }
}
