/**
 * A set that mostly has no member or one, and there are tens of thousands: one member stands for itself, more are a Set.
 * Members are objects, and never Sets themselves. `add` and `remove` give the new value; the old one is used up.
 */
export type Few<T extends object> = undefined | T | Set<T>;

export function addToFew<T extends object>(few: Few<T>, member: T): Few<T> {
  if (few === undefined || few === member) return member;
  return few instanceof Set ? few.add(member) : new Set([few, member]);
}

export function removeFromFew<T extends object>(few: Few<T>, member: T): Few<T> {
  if (few === member) return undefined;
  if (!(few instanceof Set)) return few;
  few.delete(member);
  return few.size === 0 ? undefined : few;
}

export function fewHas<T extends object>(few: Few<T>, member: T): boolean {
  return few === member || (few instanceof Set && few.has(member));
}

export function fewSize<T extends object>(few: Few<T>): number {
  return few === undefined ? 0 : few instanceof Set ? few.size : 1;
}

/** The members as they are now, or as a live Set: collect them first if some leave on the way. */
export function fewMembers<T extends object>(few: Few<T>): Iterable<T> {
  return few === undefined ? NONE : few instanceof Set ? few : [few];
}

const NONE: readonly never[] = [];
