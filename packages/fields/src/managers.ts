import { compare } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import { merge } from "./merge.ts";
import { fieldsOf } from "./owned.ts";
import { remove, withParents } from "./remove.ts";
import { difference, intersection, members, NOTHING, setOf, union } from "./set.ts";
import type { FieldPath, FieldSet } from "./set.ts";
import type { FieldType } from "./type.ts";
import { NOBODYS_PATHS } from "./nobodys.ts";

/** What each manager owns; who owns nothing is not in it. */
export type Managers = ReadonlyMap<string, FieldSet>;

/** A field that would change although another manager owns it. */
export interface FieldConflict {
  readonly manager: string;
  readonly path: FieldPath;
}

/** Of one object: as it is stored, and who owns what of it. */
export interface Live {
  readonly object: unknown;
  readonly type: FieldType;
  readonly managers: Managers;
}

/** What every object has and no manager owns. */
const NOBODYS = setOf(NOBODYS_PATHS);

/** A write other than apply: whatever it changes is its manager's from now on, and nobody else's. */
export function afterUpdate({ object, type, managers }: Live, next: unknown, manager: string): Managers {
  const changes = compare(object, next, type);
  const kept = difference(managers.get(manager) ?? NOTHING, changes.removed);
  return withOwner(takenFrom(managers, changes, manager), manager, union(kept, union(changes.modified, changes.added)));
}

/** What an object sets that nobody ever applied: all of it is of whoever wrote it. */
export function ownerOfAll(object: unknown, type: FieldType): FieldSet {
  return difference(compare(undefined, object, type).added, NOBODYS);
}

export interface Applied {
  /** With what the manager says, and without what it no longer does and nobody else owns. Not checked, no defaults. */
  readonly object: unknown;
  readonly managers: Managers;
}

/** Server-side apply, its first half: the object that results. Throws DuplicateItem. */
export function applied({ object, type, managers }: Live, config: unknown, manager: string): Applied {
  const merged = merge(object, config, type);
  const last = managers.get(manager) ?? NOTHING;
  const now = new Map(managers).set(manager, fieldsOf(config, type)); // its name among them, as long as there is something to lose
  return { object: pruned(merged, last, { type, managers: now }), managers: now };
}

/**
 * Its second half: who owns what once the object is `next`. Conflicts are changes of what others own. With `checked`, which is `next`
 * with its defaults and scalars in their canonical form, only what changes there too is a change.
 */
export function settled(
  { object, type }: Live,
  { object: next, managers }: Applied,
  { manager, checked = next }: { readonly manager: string; readonly checked?: unknown },
): { readonly conflicts: readonly FieldConflict[]; readonly managers: Managers } {
  const said = compare(object, next, type);
  const real = checked === next ? said : compare(object, checked, type);
  const changes: Comparison = {
    added: intersection(said.added, real.added),
    modified: intersection(said.modified, real.modified),
    removed: real.removed,
  };
  const changed = union(changes.modified, changes.added);
  const conflicts = [...managers]
    .filter(([other]) => other !== manager)
    .flatMap(([other, set]) => [...members(intersection(set, changed))].map((path) => ({ manager: other, path })));
  const own = managers.get(manager) ?? NOTHING;
  return { conflicts, managers: withOwner(takenFrom(managers, changes, manager), manager, own) };
}

/** The managers, of whom all but one lose what changed. */
function takenFrom(managers: Managers, { added, modified, removed }: Comparison, manager: string): Managers {
  const gone = union(union(added, modified), removed);
  const left = [...managers].map(([name, set]) => [name, name === manager ? set : difference(set, gone)] as const);
  return new Map(left.filter(([, set]) => set.size > 0));
}

function withOwner(managers: Managers, manager: string, set: FieldSet): Managers {
  const own = difference(set, NOBODYS);
  const result = new Map(managers);
  if (own.size === 0) result.delete(manager);
  else result.set(manager, own);
  return result;
}

/** Without what was in `last` alone: fields that others own, or nobody ever applied, stay. */
function pruned(merged: unknown, last: FieldSet, { type, managers }: Omit<Live, "object">): unknown {
  if (last.size === 0) return merged;
  const parents = (set: FieldSet): FieldSet => withParents(set, type);
  const whole = parents(fieldsOf(merged, type));
  const leftOf = (value: unknown): FieldSet => parents(fieldsOf(value, type));
  const owned = parents([...managers.values()].reduce(union, NOTHING));
  const bare = remove(merged, parents(last), type);
  const kept = remove(merged, difference(whole, union(leftOf(bare), owned)), type);
  return remove(merged, intersection(difference(whole, leftOf(kept)), parents(last)), type);
}
