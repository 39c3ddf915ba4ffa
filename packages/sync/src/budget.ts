const MAX_MESSAGES = 20;
/** A status of a node with five thousand workloads, or five of a node with a thousand. */
const MAX_BYTES = 1024 * 1024;

/** What one client may say in a second: too many messages are a fault, too many bytes wait for the next second. */
export class Budget {
  #messages = MAX_MESSAGES;
  #bytes = MAX_BYTES;

  /** Takes a message; false for one too many. */
  take(bytes: number): boolean {
    this.#bytes -= bytes;
    return --this.#messages >= -MAX_MESSAGES; // what a pause of the network held up comes at once
  }

  /** No more is to be read before the next second. */
  get isSpent(): boolean {
    return this.#bytes <= 0;
  }

  /** Another second. */
  refill(): void {
    this.#messages = MAX_MESSAGES;
    this.#bytes = Math.min(this.#bytes + MAX_BYTES, MAX_BYTES);
  }
}
