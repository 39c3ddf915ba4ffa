/** Line difference of two texts and, above it, what changed in words. Pure. */
export type DiffLine =
  | { readonly op: "same" | "add" | "del"; readonly text: string }
  | { readonly op: "fold"; readonly count: number };

/** Beyond so many pairs of lines a table of them takes more than a page may. */
const MAX_PAIRS = 4_000_000;

/** What both begin and end with is the same; between, the longest common subsequence, or where that is too long all of one for all of the other. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return [
    ...linesAs("same", a.slice(0, start)),
    ...(left.length * right.length > MAX_PAIRS
      ? [...linesAs("del", left), ...linesAs("add", right)]
      : diffMiddle(left, right)),
    ...linesAs("same", a.slice(a.length - end)),
  ];
}

function linesAs(op: "same" | "add" | "del", lines: readonly string[]): readonly DiffLine[] {
  return lines.map((text) => ({ op, text }));
}

/** The quadratic table is the simple and right tool for what is short. */
function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      best[i * width + j] =
        a[i] === b[j]
          ? best[(i + 1) * width + j + 1]! + 1
          : Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ op: "same", text: a[i]! });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || best[(i + 1) * width + j]! >= best[i * width + j + 1]!)) {
      lines.push({ op: "del", text: a[i]! });
      i += 1;
    } else {
      lines.push({ op: "add", text: b[j]! });
      j += 1;
    }
  }
  return lines;
}

/** Folds stretches of unchanged lines that are farther than `context` from a change. */
export function foldSame(lines: readonly DiffLine[], context = 3): readonly DiffLine[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => line.op !== "same"),
  );
  const folded: DiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    const last = folded.at(-1);
    if (near[index] === true) folded.push(line);
    else if (last?.op === "fold") folded[folded.length - 1] = { op: "fold", count: last.count + 1 };
    else folded.push({ op: "fold", count: 1 });
  }
  return folded;
}

export type FieldChange =
  | { readonly op: "added" | "removed"; readonly path: string; readonly value: unknown }
  | { readonly op: "changed"; readonly path: string; readonly from: unknown; readonly to: unknown }
  | {
      readonly op: "moved";
      readonly path: string;
      readonly value: unknown;
      readonly from: number;
      readonly to: number;
    };

/** Field by field; items of a list are matched by content, so a moved rule is moved and not rewritten. */
export function diffValues(before: unknown, after: unknown, path = ""): readonly FieldChange[] {
  if (isSame(before, after)) return [];
  if (before === undefined) return [{ op: "added", path, value: after }];
  if (after === undefined) return [{ op: "removed", path, value: before }];
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diffValues(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  return [{ op: "changed", path, from: before, to: after }];
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string): readonly FieldChange[] {
  // Lists of plain values are sets to the reader (ports, nets, types): say the whole list once.
  if ([...before, ...after].every((item) => !isMap(item))) return [{ op: "changed", path, from: before, to: after }];
  const unmatched = new Map(before.map((item, index) => [index, item]));
  const pairs: { index: number; from?: number }[] = [];
  for (const [index, item] of after.entries()) {
    const from = [...unmatched].find(([, old]) => isSame(old, item))?.[0];
    if (from === undefined) pairs.push({ index });
    else {
      unmatched.delete(from);
      pairs.push({ index, from });
    }
  }
  const changes: FieldChange[] = [];
  const kept = pairs.flatMap(({ from }) => (from === undefined ? [] : [from]));
  for (const { index, from } of pairs) {
    if (from !== undefined) {
      // Moved only if its place among the items that stayed differs.
      const place = kept.indexOf(from);
      const was = kept.toSorted((x, y) => x - y).indexOf(from);
      if (place !== was) changes.push({ op: "moved", path: `${path}[${index}]`, value: after[index], from, to: index });
    } else if (unmatched.has(index)) {
      changes.push(...diffValues(unmatched.get(index), after[index], `${path}[${index}]`));
      unmatched.delete(index);
    } else changes.push({ op: "added", path: `${path}[${index}]`, value: after[index] });
  }
  for (const [index, item] of unmatched) changes.push({ op: "removed", path: `${path}[${index}]`, value: item });
  return changes;
}

export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
