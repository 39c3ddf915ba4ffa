import { charactersLeft, StatusError } from "@percale/resources";
import type { KubeObject } from "@percale/resources";

/** One change set is one transaction, which every other writer waits for: about two seconds of them. */
const SET_CHARACTERS = 32 * 1024 * 1024;

/** What a change set may still write: the JSON of its objects as they will be and as they were, for the log keeps both. */
export class SetBudget {
  readonly #changes: number;
  #left = SET_CHARACTERS;

  /** Of so many changes. */
  constructor(changes: number) {
    this.#changes = changes;
  }

  /** Characters of JSON, about. */
  get used(): number {
    return SET_CHARACTERS - this.#left;
  }

  /** Throws RequestEntityTooLarge once it is too much. `change` is the one that this follows from, counted from 1. */
  spend(change: number, ...objects: readonly (KubeObject | undefined)[]): void {
    for (const object of objects) if (object !== undefined) this.#left = charactersLeft(object, this.#left);
    if (this.#left >= 0) return;
    const limit = `a change set may write ${SET_CHARACTERS / 2 ** 20} MB of JSON, objects as they will be and as they were`;
    const got = `the first ${change} of ${this.#changes} changes write more: split it`;
    const gotOne =
      "what follows from this one change is more: change or delete first, in parts, what hangs on the object";
    throw new StatusError("RequestEntityTooLarge", `${limit}; ${this.#changes === 1 ? gotOne : got}`);
  }
}
