import type { LabelRecord } from "./label-index.ts";
import type { Labels } from "./selector.ts";

/** What hands labels down: a profile, a namespace. One that is not there gives none. */
export interface Parent {
  readonly labels: LabelRecord | undefined;
}

/** A label of an item that has some of its own and inherits others: its own first, then the first parent's that has it. */
export function labelOf(own: LabelRecord, parents: readonly Parent[], key: string): string | undefined {
  if (Object.hasOwn(own, key)) return own[key];
  for (const { labels } of parents) if (labels !== undefined && Object.hasOwn(labels, key)) return labels[key];
  return undefined;
}

/** All of them, as selectors see them. No merged copy is made. */
export function inheriting(own: LabelRecord, parents: readonly Parent[]): Labels {
  return { get: (key) => labelOf(own, parents, key) };
}
