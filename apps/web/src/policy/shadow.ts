import { Tier, type ObjectRef } from "@percale/resources/catalog";

/** "shop/deny-all", "the end of tier security", "shop/a and 2 more". */
export function shadowersOf([first, ...more]: readonly ObjectRef[]): string {
  if (first === undefined) return "";
  const { kind, namespace, name } = first;
  const own = kind === Tier.kind ? `the end of tier ${name}` : namespace === undefined ? name : `${namespace}/${name}`;
  return more.length === 0 ? own : `${own} and ${more.length} more`;
}

/** What it means, where there is room to say so. */
export const SHADOWED_MEANS =
  "Wherever it is in force, others decide before it: without it no packet would meet another end.";
