import type { ChangeGroup } from "../activity/view.ts";

/** Who wrote something, how often, and what last. */
export interface Changer {
  readonly who: string;
  readonly sets: number;
  readonly last: ChangeGroup;
}

/** By identity, whoever wrote last first; sets come the newest first. */
export function changersIn(sets: readonly ChangeGroup[]): readonly Changer[] {
  return [...Map.groupBy(sets, ({ author }) => author)].map(([who, own]) => ({ who, sets: own.length, last: own[0]! }));
}
