import { condition } from "@percale/protocol";
import type { RaisedCondition } from "@percale/protocol";

/** Runtimes try again at least every five minutes: after two such rounds without a word the workload was given up. */
const STANDS_MS = 600_000;

/** That the last ADD got no address: until one gets its address, or nobody has asked for a while. */
export class AddressRefusal {
  readonly #now: () => number;
  #last: { readonly detail: string; readonly at: number } | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Of each ADD: why it got none, or undefined. */
  note(detail: string | undefined): void {
    this.#last = detail === undefined ? undefined : { detail, at: this.#now() };
  }

  conditions(): RaisedCondition[] {
    if (this.#last === undefined || this.#now() - this.#last.at >= STANDS_MS) return [];
    return [condition.NoAddress({ detail: this.#last.detail })];
  }
}
