import { BEAT_MS } from "@percale/protocol";

/** So much later than its beat a tick is a pause: this process was stopped, or its loop was held. */
const PAUSE_MS = 1_000;

/** How long this process has been listening: what it could not hear while it paused is nobody's silence. */
export class Attention {
  readonly #now: () => number;
  #since: number;
  #tickedAt: number;

  /** Milliseconds of any origin that never go back. */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = this.#tickedAt = now();
  }

  /** To be called at each beat. */
  tick(): void {
    if (this.#isLate) this.begin();
    this.#tickedAt = this.#now();
  }

  /** It listens from now on: what was before does not count. */
  begin(): void {
    this.#since = this.#tickedAt = this.#now();
  }

  /** Zero while the tick that will notice a pause is still to come. */
  get listeningMs(): number {
    return this.#isLate ? 0 : this.#now() - this.#since;
  }

  get #isLate(): boolean {
    return this.#now() - this.#tickedAt > BEAT_MS + PAUSE_MS;
  }
}
