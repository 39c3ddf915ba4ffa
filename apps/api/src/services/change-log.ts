import { badRequest, formatRef } from "@percale/resources";
import type { Activity, Datastore } from "@percale/store";

const MAX_PAGE = 500;

/**
 * Change sets whole, the newest first, before a revision or from the newest on; their changes newest first. `changes`: about how many will
 * be looked at; further ones are read in ever larger pages.
 */
export async function* changeSets(
  store: Datastore,
  { before, changes }: { readonly before?: number | undefined; readonly changes: number },
): AsyncGenerator<readonly Activity[]> {
  let set: Activity[] = [];
  let limit = changes;
  for (let at = before; ;) {
    const page = await store.changes({ limit: Math.min(limit, MAX_PAGE), ...(at !== undefined && { before: at }) });
    limit *= 2;
    for (const activity of page) {
      if (set.length > 0 && set[0]!.setEnd !== activity.setEnd) {
        yield set;
        set = [];
      }
      set.push(activity);
    }
    at = page.at(-1)?.revision;
    if (at === undefined) break;
  }
  if (set.length > 0) yield set;
}

/** The changes of the set that this revision belongs to, newest first: undone in that order. */
export async function changeSetAt(store: Datastore, revision: number): Promise<Activity[]> {
  const [one] = await store.changes({ limit: 1, before: revision + 1 });
  if (one === undefined || one.revision !== revision)
    throw badRequest(`revision ${revision} is not in the log any more, or never was`);
  const set: Activity[] = [];
  for (let before = one.setEnd + 1; ;) {
    const page = await store.changes({ limit: 1_000, before });
    for (const activity of page) {
      if (activity.setEnd !== one.setEnd) return set;
      set.push(activity);
    }
    const last = page.at(-1);
    if (last === undefined) return set;
    before = last.revision;
  }
}

/** What a set did to one object. */
export interface NetChange extends Activity {
  /** The set left none of it. */
  readonly isGone: boolean;
}

/** As if each object had been changed once, from what it was before the set to what the set left: the newest first. */
export function oncePerObject(newestFirst: readonly Activity[]): NetChange[] {
  const byObject = new Map<string, NetChange>();
  for (const { op, ref, object, previous, ...activity } of newestFirst) {
    const key = formatRef(ref);
    const left = byObject.get(key) ?? { object, isGone: op === "DELETED" };
    const change = { ...activity, op, ref, object: left.object, isGone: left.isGone };
    byObject.set(key, { ...change, ...(previous !== undefined && { previous }) });
  }
  return [...byObject.values()];
}
