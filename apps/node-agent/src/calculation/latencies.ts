/** The last measurements of something, and how they are spread. */
export class Latencies {
  readonly #values: number[] = [];
  readonly #capacity: number;
  #next = 0;
  #last = 0;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  add(ms: number): void {
    this.#values[this.#next] = ms;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#last = ms;
  }

  get last(): number {
    return this.#last;
  }

  summary(): { readonly p50: number; readonly p99: number; readonly last: number } {
    const sorted = this.#values.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: round(at(0.5)), p99: round(at(0.99)), last: round(this.#last) };
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
