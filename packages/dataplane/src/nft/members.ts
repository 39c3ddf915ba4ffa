import type { Family } from "@percale/kernel";
import { cidrRange, parseCidr } from "@percale/net";
import type { Members, SetId } from "@percale/policy";
import { diffIntervals, mergeIntervals } from "./intervals.ts";
import type { Interval } from "./intervals.ts";
import { FAMILIES } from "./layout.ts";
import type { SetFacts, Shape } from "./match.ts";

export type MemberKind = "net" | "port" | "portRange";

interface MemberSet {
  readonly id: SetId;
  readonly number: number;
  readonly kind: MemberKind;
  /** The state's own; a set made here has a list of its own. */
  members: Members;
  /** Members by where they go: v4 singles, v4 intervals, v6 singles, v6 intervals. Port ranges count in both families. */
  readonly counts: [number, number, number, number];
}

/** What a batch of changes did to one set. */
interface Change {
  readonly set: MemberSet;
  /** The kernel has nothing of it yet. */
  readonly fresh: boolean;
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

const NONE: readonly never[] = [];

/**
 * Where in the kernel every set is and what changed of it since the last `takeChanges`. A set number is the hash of the set's id, so
 * that a restarted agent finds its elements in the kernel unchanged; one that is taken goes on by one. A number gets no second
 * meaning in the batch that ends its first: packets on their way may still ask by it.
 */
export class MemberSets implements SetFacts {
  readonly #sets = new Map<SetId, MemberSet>();
  readonly #hash: (text: string) => number;
  readonly #numbers = new Set<number>();
  /** Numbers of sets that were removed since the last `takeChanges`. */
  readonly #retired = new Map<SetId, number>();
  readonly #changes = new Map<SetId, Change>();

  constructor(hash: (text: string) => number) {
    this.#hash = hash;
  }

  has(id: SetId): boolean {
    return this.#sets.has(id);
  }

  shape(id: SetId, family: Family): Shape {
    const counts = this.#sets.get(id)?.counts;
    if (counts === undefined) return { hosts: false, nets: false };
    return family === 4 ? { hosts: counts[0] > 0, nets: counts[1] > 0 } : { hosts: counts[2] > 0, nets: counts[3] > 0 };
  }

  number(id: SetId): number {
    return this.#sets.get(id)?.number ?? 0; // of a set that does not exist: matches nothing, 0 is never given out
  }

  /** Creates the set or makes its members these. Says whether its shape changed. */
  put(id: SetId, kind: MemberKind, members: Members): boolean {
    const old = this.#sets.get(id);
    if (old !== undefined && old.kind === kind) {
      const [present, wanted] = [new Set(old.members), new Set(members)];
      old.members = members;
      const added = members.list().filter((member) => !present.has(member));
      return this.changed(
        id,
        added,
        Array.from(present).filter((member) => !wanted.has(member)),
      );
    }
    if (old !== undefined) this.remove(id);
    const set = this.#create(id, kind, members);
    return shapeBits(set) !== 0;
  }

  /** The set's members have changed by these. Says whether its shape did. */
  changed(id: SetId, added: readonly string[], removed: readonly string[]): boolean {
    const set = this.#sets.get(id);
    if (set === undefined) return false;
    const before = shapeBits(set);
    this.#note(set, added, removed, () => intervalMembers(set));
    for (const member of removed) count(set, member, -1);
    for (const member of added) count(set, member, 1);
    return shapeBits(set) !== before;
  }

  remove(id: SetId): void {
    const set = this.#sets.get(id);
    if (set === undefined) return;
    this.#note(set, [], set.members.list(), () => []);
    this.#sets.delete(id);
    this.#retired.set(id, set.number);
    if (this.#changes.get(id)?.fresh === true) this.#changes.delete(id);
  }

  /** What the kernel does not have yet; forgets it. */
  takeChanges(): ElementChange[] {
    const result: ElementChange[] = [];
    for (const change of this.#changes.values())
      if (change.fresh) pushWhole(result, change.set);
      else pushChange(result, change, this.#sets.get(change.set.id));
    this.#forgetChanges();
    return result;
  }

  /** Everything, as additions to nothing; forgets the changes. */
  takeAll(): ElementChange[] {
    this.#forgetChanges();
    const result: ElementChange[] = [];
    for (const set of this.#sets.values()) pushWhole(result, set);
    return result;
  }

  #forgetChanges(): void {
    for (const number of this.#retired.values()) this.#numbers.delete(number);
    this.#retired.clear();
    this.#changes.clear();
  }

  /** Its own again, if it is put back in the batch that removes it: rules that did not change name it. */
  #number(id: SetId): number {
    const own = this.#retired.get(id);
    this.#retired.delete(id);
    if (own !== undefined) return own;
    let number = this.#hash(id);
    while (number === 0 || this.#numbers.has(number)) number = (number + 1) >>> 0;
    return number;
  }

  #create(id: SetId, kind: MemberKind, members: Members): MemberSet {
    const number = this.#number(id);
    const set: MemberSet = { id, number, kind, members, counts: [0, 0, 0, 0] };
    for (const member of members) count(set, member, 1);
    this.#sets.set(id, set);
    this.#numbers.add(number);
    const gone = this.#changes.get(id); // removed and put again before anything reached the kernel
    if (gone === undefined) this.#changes.set(id, { set, fresh: true, singles: NO_SINGLES, intervalsBefore: NONE });
    else this.#replaceGone(gone, set);
    return set;
  }

  /** What the kernel still has of the old set is undone by the new one's members. */
  #replaceGone(gone: Change, set: MemberSet): void {
    if (gone.set.kind !== set.kind || gone.set.number !== set.number) {
      // Both must be told: under another id, which nothing looks up.
      this.#changes.set(`${set.id} (before)`, gone);
      this.#changes.set(set.id, { set, fresh: true, singles: NO_SINGLES, intervalsBefore: NONE });
      return;
    }
    const change: Change = { ...gone, set };
    change.intervalsBefore ??= NONE;
    for (const member of set.members)
      if (isSingle(set.kind, member) && !change.singles.delete(member)) change.singles.set(member, 1);
    this.#changes.set(set.id, change);
  }

  /** `intervalsNow`: those of the set after the change. */
  #note(
    set: MemberSet,
    added: readonly string[],
    removed: readonly string[],
    intervalsNow: () => readonly string[],
  ): void {
    let change = this.#changes.get(set.id);
    if (change?.fresh === true || added.length + removed.length === 0) return;
    if (change === undefined) {
      change = { set, fresh: false, singles: new Map(), intervalsBefore: undefined };
      this.#changes.set(set.id, change);
    }
    for (const member of removed) if (isSingle(set.kind, member)) noteSingle(change.singles, member, -1);
    for (const member of added) if (isSingle(set.kind, member)) noteSingle(change.singles, member, 1);
    if (change.intervalsBefore !== undefined) return;
    const isInterval = (member: string) => !isSingle(set.kind, member);
    const [came, went] = [new Set(added.filter(isInterval)), removed.filter(isInterval)];
    if (came.size + went.length > 0)
      change.intervalsBefore = [...intervalsNow().filter((member) => !came.has(member)), ...went];
  }
}

function noteSingle(singles: Map<string, 1 | -1>, member: string, by: 1 | -1): void {
  if (singles.get(member) === -by) singles.delete(member);
  else singles.set(member, by);
}

const NO_SINGLES: Map<string, 1 | -1> = new Map();

function count({ kind, counts }: MemberSet, member: string, by: 1 | -1): void {
  const at = isSingle(kind, member) ? 0 : 1;
  const hasFamily = HAS_FAMILY[kind];
  if (!hasFamily || familyOf(member) === 4) counts[at] += by;
  if (!hasFamily || familyOf(member) === 6) counts[at === 0 ? 2 : 3] += by;
}

/** Whether a member is of one family, or counts in both. */
const HAS_FAMILY: Readonly<Record<MemberKind, boolean>> = { net: true, port: true, portRange: false };

/** Whether a member is one key, not a range of them. */
function isSingle(kind: MemberKind, member: string): boolean {
  switch (kind) {
    case "net":
      return member.includes(":") ? member.endsWith("/128") : member.endsWith("/32");
    case "port":
      return true;
    case "portRange":
      return false;
  }
}

function shapeBits({ counts }: MemberSet): number {
  return (counts[0] > 0 ? 1 : 0) | (counts[1] > 0 ? 2 : 0) | (counts[2] > 0 ? 4 : 0) | (counts[3] > 0 ? 8 : 0);
}

function intervalMembers({ kind, members }: MemberSet): string[] {
  return kind === "port" ? [] : members.list().filter((member) => !isSingle(kind, member));
}

function pushWhole(into: ElementChange[], set: MemberSet): void {
  const { id, number, kind, counts, members } = set;
  const all = members.list();
  const intervals = counts[1] + counts[3] > 0 ? intervalMembers(set) : NONE;
  for (const family of FAMILIES) {
    const [singleCount, intervalCount] = family === 4 ? [counts[0], counts[1]] : [counts[2], counts[3]];
    if (singleCount + intervalCount === 0) continue;
    const addedSingles =
      singleCount === all.length ? all : all.filter((m) => isSingle(kind, m) && familyOf(m) === family);
    const addedIntervals = intervalCount > 0 ? merge(kind, intervals, family) : NONE;
    into.push({
      set: id,
      number,
      kind,
      family,
      addedSingles,
      removedSingles: NONE,
      addedIntervals,
      removedIntervals: NONE,
    });
  }
}

function pushChange(
  into: ElementChange[],
  { set, singles, intervalsBefore }: Change,
  now: MemberSet | undefined,
): void {
  const { id, number, kind } = set;
  const intervalsNow = now === undefined || now.kind !== kind ? NONE : intervalsBefore && intervalMembers(now);
  for (const family of FAMILIES) {
    const [addedSingles, removedSingles]: [string[], string[]] = [[], []];
    for (const [member, by] of singles)
      if (familyOf(member) === family) (by === 1 ? addedSingles : removedSingles).push(member);
    const { added, removed } =
      intervalsBefore === undefined
        ? { added: NONE, removed: NONE }
        : diffIntervals(merge(kind, intervalsBefore, family), merge(kind, intervalsNow ?? NONE, family));
    if (addedSingles.length + removedSingles.length + added.length + removed.length === 0) continue;
    into.push({
      set: id,
      number,
      kind,
      family,
      addedSingles,
      removedSingles,
      addedIntervals: added,
      removedIntervals: removed,
    });
  }
}

function familyOf(member: string): Family {
  return member.includes(":") ? 6 : 4;
}

/** Disjoint intervals that cover the same. */
function merge(kind: MemberKind, members: readonly string[], family: Family): Interval[] {
  const own = HAS_FAMILY[kind] ? members.filter((member) => familyOf(member) === family) : members;
  return mergeIntervals(own.map((member) => intervalOf(kind, member)));
}

function intervalOf(kind: MemberKind, member: string): Interval {
  switch (kind) {
    case "net":
      return cidrRange(parseCidr(member));
    case "portRange":
      return portInterval(member);
    case "port":
      throw new TypeError(`${member} is no range`);
  }
}

function portInterval(range: string): Interval {
  const [min, max] = range.split("-");
  return { first: BigInt(min!), last: BigInt(max ?? min!) };
}
