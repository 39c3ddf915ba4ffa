/** What one API process bears. Past them a client gets 429 and a hint when to come again. */
export const LIMITS = {
  watches: 5_000,
  syncStreams: 1_000,
  /** Snapshots on their way at once. */
  snapshots: 32,
  /** Requests being answered, watches not counted. */
  inFlight: 2_000,
  connections: 10_000,
} as const;

/** Counts what is under way. */
export class Gate {
  readonly #most: number;
  #now = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#now;
  }

  /** False when full; otherwise `leave` must follow. */
  enter(): boolean {
    if (this.#now >= this.#most) return false;
    this.#now++;
    return true;
  }

  leave(): void {
    this.#now--;
  }
}
