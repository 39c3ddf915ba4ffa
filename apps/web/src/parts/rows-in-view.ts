/** Where each of `count` rows begins, and behind the last one where all end. */
export function startsOf(count: number, rowPx: number | ((index: number) => number)): Float64Array {
  const starts = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1)
    starts[index + 1] = starts[index]! + (typeof rowPx === "number" ? rowPx : rowPx(index));
  return starts;
}

/** The rows of which a part is seen, and `overscan` more on either side: from `first` to before `end`. */
export function rowsInView(
  starts: Float64Array,
  { topPx, heightPx, overscan }: { readonly topPx: number; readonly heightPx: number; readonly overscan: number },
): { readonly first: number; readonly end: number } {
  const count = starts.length - 1;
  const first = Math.max(0, rowAt(starts, topPx) - overscan);
  return { first, end: Math.min(count, rowAt(starts, topPx + heightPx) + 1 + overscan) };
}

/** The last row that begins at or before this place. */
function rowAt(starts: Float64Array, px: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= px) low = middle;
    else high = middle - 1;
  }
  return low;
}
