/** Inclusive numbers; of addresses or of ports. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Disjoint intervals that cover the same, in order. The kernel's interval sets refuse a narrower interval after a wider one
 * and take the reverse without a word.
 */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const previous = merged.at(-1);
    if (previous === undefined || first > previous.last) merged.push({ first, last });
    else if (last > previous.last) previous.last = last;
  }
  return merged;
}

export function diffIntervals(before: readonly Interval[], after: readonly Interval[]) {
  const key = ({ first, last }: Interval) => `${first}-${last}`;
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  return {
    added: after.filter((interval) => !old.has(key(interval))),
    removed: before.filter((interval) => !now.has(key(interval))),
  };
}
