import type { SetMember } from "../model.ts";

/** Members of a set. The sender's own list until the first change: most sets never change, and there may be tens of thousands. */
export class Members implements Iterable<SetMember> {
  #all: readonly SetMember[] | Set<SetMember>;

  /** Each member once; the list is not to be changed any more. */
  constructor(list: readonly SetMember[]) {
    this.#all = list;
  }

  get size(): number {
    return this.#all instanceof Set ? this.#all.size : this.#all.length;
  }

  has(member: SetMember): boolean {
    return this.#all instanceof Set ? this.#all.has(member) : this.#all.includes(member);
  }

  [Symbol.iterator](): Iterator<SetMember> {
    return this.#all[Symbol.iterator]();
  }

  /** Not to be changed. */
  list(): readonly SetMember[] {
    return this.#all instanceof Set ? [...this.#all] : this.#all;
  }

  /** Gives those that were not there. */
  add(members: readonly SetMember[]): readonly SetMember[] {
    const all = this.#mutable();
    const fresh = members.filter((member) => !all.has(member));
    for (const member of fresh) all.add(member);
    return fresh;
  }

  /** Gives those that were there. */
  remove(members: readonly SetMember[]): readonly SetMember[] {
    const all = this.#mutable();
    return members.filter((member) => all.delete(member));
  }

  #mutable(): Set<SetMember> {
    if (!(this.#all instanceof Set)) this.#all = new Set(this.#all);
    return this.#all;
  }
}
