import type { ChangeGroup } from "../../app/(main)/activity/view.ts";

/** What is older nobody takes back by a key alone: Activity reverts it. */
export const UNDO_WITHIN_MS = 3_600_000;

/** The user's newest change set that stands: no revert, and not reverted. `sets` come newest first. */
export function undoable(
  sets: readonly ChangeGroup[],
  { user, nowMs }: { readonly user: string; readonly nowMs: number },
): ChangeGroup | undefined {
  const undone = new Set<number>();
  for (const set of sets) {
    if (undone.has(set.revision)) continue;
    const reverts = revertedBy(set);
    if (reverts !== undefined) undone.add(reverts);
    else if (set.author === user && nowMs - Date.parse(set.at) <= UNDO_WITHIN_MS) return set;
  }
  return undefined;
}

/** The API's reason of a revert names the revision of the set that it takes back. */
function revertedBy({ reason }: ChangeGroup): number | undefined {
  const revision = /^revert of revision (\d+)/.exec(reason)?.[1];
  return revision === undefined ? undefined : Number(revision);
}
