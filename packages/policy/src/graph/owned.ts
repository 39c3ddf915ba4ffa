/** Called with each member that comes or goes, but not when it only gets or loses one more owner. */
type Visit = (member: string) => void;

/**
 * Members of a set, each owned by one or more objects; it leaves with its last owner. Most sets have one owner, and there
 * may be tens of thousands: its own list, each member once, then stands for the set, and nothing is counted.
 */
export class OwnedMembers {
  #only: readonly string[] = NONE;
  #counts: Map<string, number> | undefined;

  /** To ask for many. */
  lookup(): { has(member: string): boolean } {
    return this.#counts ?? new Set(this.#only);
  }

  /** Not to be changed. */
  list(): readonly string[] {
    return this.#counts === undefined ? this.#only : [...this.#counts.keys()];
  }

  add(members: readonly string[], came: Visit): void {
    if (members.length === 0) return;
    if (this.#counts === undefined && this.#only.length === 0) {
      this.#only = members;
      for (const member of members) came(member);
      return;
    }
    this.#counts ??= new Map(this.#only.map((member) => [member, 1]));
    for (const member of members) {
      const count = this.#counts.get(member) ?? 0;
      this.#counts.set(member, count + 1);
      if (count === 0) came(member);
    }
  }

  /** `members` were added before. */
  remove(members: readonly string[], went: Visit): void {
    if (members.length === 0) return;
    if (this.#counts === undefined) {
      this.#only = NONE;
      for (const member of members) went(member);
      return;
    }
    for (const member of members) {
      const count = this.#counts.get(member)!;
      if (count > 1) this.#counts.set(member, count - 1);
      else {
        this.#counts.delete(member);
        went(member);
      }
    }
    if (this.#counts.size === 0) this.#counts = undefined;
    this.#only = NONE;
  }
}

const NONE: readonly never[] = [];
