import type { Finding } from "../part.ts";

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

  conditions(): Finding[] {
    if (this.#last === undefined || this.#now() - this.#last.at >= STANDS_MS) return [];
    return [
      {
        code: "NoAddress",
        severity: "error",
        title: "A workload got no address on this node",
        detail: this.#last.detail,
        advice:
          "See how full the IP pools are; add a pool, or correct the pools that the workload or its node may use.",
      },
    ];
  }
}
