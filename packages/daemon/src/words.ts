/** `; did you mean X?` for a word that is nearly X, else nothing: to end a message that lists what there is. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const word = typed.toLowerCase();
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const name of known) {
    const far = distance(word, name.toLowerCase());
    if (far <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || far < best.far)) best = { name, far };
  }
  return best === undefined ? "" : `; did you mean ${best.name}?`;
}

/** Letters to add, drop or change to make one word the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** An error and its causes in one line, for whoever started a program; a bug of ours keeps its stack. */
export function tellError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof TypeError || error instanceof ReferenceError) return error.stack ?? error.message;
  const causes = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  const parts = [error.message, ...causes.map(tellError)].filter((part) => part !== "");
  // A message that was made from its cause's says it already.
  return parts.filter((part, i) => !parts.slice(0, i).some((before) => before.includes(part))).join(": ");
}
