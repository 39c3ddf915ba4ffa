import type { Family } from "@percale/kernel";
import { cidrRange, parseCidr } from "@percale/net";
import type { SetId } from "@percale/policy";
import { hash32 } from "./layout.ts";
import type { SetFacts, Shape } from "./match.ts";

export type MemberKind = "net" | "port" | "portRange";

/** Inclusive numbers; of addresses or of ports. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

interface MemberSet {
  readonly id: SetId;
  readonly number: number;
  readonly kind: MemberKind;
  readonly members: Set<string>;
  /** Members by where they go: [v4 hosts, v4 nets, v6 hosts, v6 nets]. Ports count by family as hosts, ranges not at all. */
  readonly counts: [number, number, number, number];
}

/** What a batch of changes did to one set. */
interface Change {
  readonly set: MemberSet;
  /** Members of hash sets: +1 new, -1 gone. */
  readonly singles: Map<string, 1 | -1>;
  /** Prefix or range members before the first change; undefined if untouched. */
  intervalsBefore: readonly string[] | undefined;
}

/** Elements to write for one set, by family. */
export interface ElementChange {
  readonly set: SetId;
  readonly number: number;
  readonly kind: MemberKind;
  readonly family: Family;
  readonly addedSingles: readonly string[];
  readonly removedSingles: readonly string[];
  readonly addedIntervals: readonly Interval[];
  readonly removedIntervals: readonly Interval[];
}

/**
 * Desired membership of every set and what changed since the last `takeChanges`. A set number is the hash of the set's id, so
 * that a restarted agent finds its elements in the kernel unchanged.
 */
export class MemberSets implements SetFacts {
  readonly #sets = new Map<SetId, MemberSet>();
  readonly #idByNumber = new Map<number, SetId>();
  readonly #changes = new Map<SetId, Change>();
  #members = 0;

  get size(): number {
    return this.#sets.size;
  }

  get memberCount(): number {
    return this.#members;
  }

  has(id: SetId): boolean {
    return this.#sets.has(id);
  }

  shape(id: SetId, family: Family): Shape {
    const counts = this.#sets.get(id)?.counts;
    if (counts === undefined) return { hosts: false, nets: false };
    const at = family === 4 ? 0 : 2;
    return { hosts: counts[at] > 0, nets: counts[at + 1]! > 0 };
  }

  number(id: SetId): number {
    return this.#sets.get(id)?.number ?? 0; // of a set that does not exist: matches nothing, 0 is never given out
  }

  /** Creates the set or makes its members these. Says whether its shape changed. */
  put(id: SetId, kind: MemberKind, members: Iterable<string>): boolean {
    const old = this.#sets.get(id);
    if (old !== undefined && old.kind !== kind) this.remove(id);
    const set = this.#sets.get(id) ?? this.#create(id, kind);
    const before = shapeBits(set);
    const wanted = members instanceof Set ? members : new Set(members);
    for (const member of set.members) if (!wanted.has(member)) this.#removeMember(set, member);
    for (const member of wanted) this.#addMember(set, member);
    return shapeBits(set) !== before;
  }

  /** Says whether the set's shape changed. A delta of an unknown set is ignored. */
  delta(id: SetId, added: readonly string[], removed: readonly string[]): boolean {
    const set = this.#sets.get(id);
    if (set === undefined) return false;
    const before = shapeBits(set);
    for (const member of removed) this.#removeMember(set, member);
    for (const member of added) this.#addMember(set, member);
    return shapeBits(set) !== before;
  }

  remove(id: SetId): void {
    const set = this.#sets.get(id);
    if (set === undefined) return;
    for (const member of set.members) this.#removeMember(set, member);
    this.#sets.delete(id);
    this.#idByNumber.delete(set.number);
  }

  /** What the kernel does not have yet; forgets it. */
  takeChanges(): ElementChange[] {
    const result: ElementChange[] = [];
    for (const change of this.#changes.values())
      pushChange(result, change, currentIntervals(this.#sets.get(change.set.id), change.set));
    this.#changes.clear();
    return result;
  }

  /** Everything, as additions to nothing; forgets the changes. */
  takeAll(): ElementChange[] {
    this.#changes.clear();
    const result: ElementChange[] = [];
    for (const set of this.#sets.values()) {
      const singles = new Map<string, 1 | -1>();
      for (const member of set.members) if (isSingle(set.kind, member)) singles.set(member, 1);
      pushChange(result, { set, singles, intervalsBefore: [] }, intervalMembers(set));
    }
    return result;
  }

  #create(id: SetId, kind: MemberKind): MemberSet {
    let number = hash32(id);
    while (number === 0 || this.#idByNumber.has(number)) number = (number + 1) >>> 0;
    const set: MemberSet = { id, number, kind, members: new Set(), counts: [0, 0, 0, 0] };
    this.#sets.set(id, set);
    this.#idByNumber.set(number, id);
    return set;
  }

  #addMember(set: MemberSet, member: string): void {
    if (set.members.has(member)) return;
    this.#note(set, member, 1);
    set.members.add(member);
    this.#count(set, member, 1);
  }

  #removeMember(set: MemberSet, member: string): void {
    if (!set.members.has(member)) return;
    this.#note(set, member, -1);
    set.members.delete(member);
    this.#count(set, member, -1);
  }

  #count(set: MemberSet, member: string, by: 1 | -1): void {
    this.#members += by;
    if (set.kind === "portRange") return;
    const at = (member.includes(":") ? 2 : 0) + (isSingle(set.kind, member) ? 0 : 1);
    set.counts[at]! += by;
  }

  /** To be called before the members change. */
  #note(set: MemberSet, member: string, by: 1 | -1): void {
    let change = this.#changes.get(set.id);
    if (change === undefined) {
      change = { set, singles: new Map(), intervalsBefore: undefined };
      this.#changes.set(set.id, change);
    }
    if (!isSingle(set.kind, member)) change.intervalsBefore ??= intervalMembers(set);
    else if (change.singles.get(member) === -by) change.singles.delete(member);
    else change.singles.set(member, by);
  }
}

function isSingle(kind: MemberKind, member: string): boolean {
  if (kind === "port") return true;
  if (kind === "portRange") return false;
  return member.endsWith(member.includes(":") ? "/128" : "/32");
}

function shapeBits({ counts }: MemberSet): number {
  return counts.reduce((bits, count, i) => bits | (count > 0 ? 1 << i : 0), 0);
}

function intervalMembers({ kind, members }: MemberSet): string[] {
  return kind === "port" ? [] : Array.from(members).filter((member) => !isSingle(kind, member));
}

function currentIntervals(now: MemberSet | undefined, then: MemberSet): string[] {
  return now === undefined || now.kind !== then.kind ? [] : intervalMembers(now);
}

function pushChange(
  into: ElementChange[],
  { set, singles, intervalsBefore }: Change,
  intervalsNow: readonly string[],
): void {
  const families: readonly Family[] = [4, 6];
  for (const family of families) {
    const [added, removed]: [string[], string[]] = [[], []];
    for (const [member, by] of singles) if (familyOf(member) === family) (by === 1 ? added : removed).push(member);
    const intervals =
      intervalsBefore === undefined
        ? { added: [], removed: [] }
        : diffIntervals(merge(set.kind, intervalsBefore, family), merge(set.kind, intervalsNow, family));
    if (added.length + removed.length + intervals.added.length + intervals.removed.length === 0) continue;
    into.push({
      set: set.id,
      number: set.number,
      kind: set.kind,
      family,
      addedSingles: added,
      removedSingles: removed,
      addedIntervals: intervals.added,
      removedIntervals: intervals.removed,
    });
  }
}

function familyOf(member: string): Family {
  return member.includes(":") ? 6 : 4;
}

/** Disjoint intervals that cover the same: the kernel refuses a narrower one after a wider, and mistakes the reverse. */
function merge(kind: MemberKind, members: readonly string[], family: Family): Interval[] {
  const intervals =
    kind === "portRange"
      ? members.map(portInterval) // in both families
      : members.filter((member) => familyOf(member) === family).map((member) => cidrRange(parseCidr(member)));
  return mergeIntervals(intervals);
}

export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) =>
    a.first < b.first ? -1 : a.first > b.first ? 1 : a.last > b.last ? -1 : 1,
  );
  const merged: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const previous = merged.at(-1);
    if (previous === undefined || first > previous.last) merged.push({ first, last });
    else if (last > previous.last) previous.last = last;
  }
  return merged;
}

function diffIntervals(before: readonly Interval[], after: readonly Interval[]) {
  const key = ({ first, last }: Interval) => `${first}-${last}`;
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  return { added: after.filter((i) => !old.has(key(i))), removed: before.filter((i) => !now.has(key(i))) };
}

function portInterval(range: string): Interval {
  const [min, max] = range.split("-");
  return { first: BigInt(min!), last: BigInt(max ?? min!) };
}
