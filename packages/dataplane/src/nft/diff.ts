import type { ListedRule } from "@percale/kernel";

/** How to make a chain's rules the desired ones while keeping every rule (its handle, its counters) that is there already. */
export interface ChainDiff {
  /** Handles of rules to delete. */
  readonly deleted: readonly bigint[];
  /** Indexes of desired rules to insert, in order; before the rule with that handle, or at the end. */
  readonly inserted: readonly { readonly index: number; readonly before: bigint | undefined }[];
}

/** `desired` are the rules' identities. Keeps the longest run of rules that are in both in the same order. */
export function diffChain(
  actual: readonly Pick<ListedRule, "handle" | "identity">[],
  desired: readonly string[],
): ChainDiff {
  const positions = new Map<string, number[]>();
  for (let i = actual.length - 1; i >= 0; i--) {
    const list = positions.get(actual[i]!.identity);
    if (list === undefined) positions.set(actual[i]!.identity, [i]);
    else list.push(i);
  }
  const matched = desired.map((identity) => positions.get(identity)?.pop()); // equal rules pair up in order
  const kept = longestIncreasing(matched);
  const keptPositions = new Set(kept.values());
  const deleted = actual.filter((_, i) => !keptPositions.has(i)).map((rule) => rule.handle);
  const inserted: { index: number; before: bigint | undefined }[] = [];
  let before: bigint | undefined;
  for (let index = desired.length - 1; index >= 0; index--) {
    const position = kept.get(index);
    if (position === undefined) inserted.push({ index, before });
    else before = actual[position]!.handle;
  }
  return { deleted, inserted: inserted.reverse() };
}

/** Index → value of a longest strictly increasing subsequence; undefined values are left out. */
function longestIncreasing(values: readonly (number | undefined)[]): Map<number, number> {
  const tails: number[] = []; // index of the smallest last value of a subsequence of each length
  const previous = new Map<number, number | undefined>();
  for (const [i, value] of values.entries()) {
    if (value === undefined) continue;
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[tails[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    previous.set(i, low === 0 ? undefined : tails[low - 1]);
    tails[low] = i;
  }
  const result = new Map<number, number>();
  for (let i = tails.at(-1); i !== undefined; i = previous.get(i)) result.set(i, values[i]!);
  return result;
}
