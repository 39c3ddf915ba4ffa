import { diff } from "node:util";

const CONTEXT = 3;
/** Lines of one side times lines of the other that are compared one by one; of what differs in more all is other. */
const MAX_WORK = 50_000_000;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** What turns one text into the other, as `diff -u` writes it; "" if they are equal. */
export function unifiedDiff(
  before: string,
  after: string,
  names: { readonly before: string; readonly after: string },
): string {
  if (before === after) return "";
  const lines = compareLines(linesOf(before), linesOf(after));
  const head = `--- ${names.before}\n+++ ${names.after}\n`;
  return `${head}${hunksOf(lines)
    .map((hunk) => renderHunk(lines, hunk))
    .join("")}`;
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function compareLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (texts: readonly string[]): Line[] => texts.map((text) => ({ sign: " ", text }));
  const [old, young] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [...same(before.slice(0, start)), ...compareMiddle(old, young), ...same(before.slice(before.length - end))];
}

function compareMiddle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const removed = (text: string): Line => ({ sign: "-", text });
  const added = (text: string): Line => ({ sign: "+", text });
  if (before.length * after.length > MAX_WORK) return [...before.map(removed), ...after.map(added)];
  const lines = diff([...after], [...before]).map(([op, text]) =>
    op === 0 ? ({ sign: " ", text } as const) : op === 1 ? added(text) : removed(text),
  );
  return removalsFirst(lines);
}

/** Of lines that changed together, as people read it. */
function removalsFirst(lines: readonly Line[]): readonly Line[] {
  const sorted: Line[] = [];
  let additions: Line[] = [];
  for (const line of lines)
    if (line.sign === "+") additions.push(line);
    else {
      if (line.sign === " ") {
        sorted.push(...additions);
        additions = [];
      }
      sorted.push(line);
    }
  return [...sorted, ...additions];
}

interface Hunk {
  readonly from: number;
  readonly to: number;
}

/** Changed lines with those around them; what is close together is one. */
function hunksOf(lines: readonly Line[]): readonly Hunk[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [at, { sign }] of lines.entries()) {
    if (sign === " ") continue;
    const [from, to] = [Math.max(at - CONTEXT, 0), Math.min(at + CONTEXT + 1, lines.length)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}

function renderHunk(lines: readonly Line[], { from, to }: Hunk): string {
  const count = (of: readonly Line[], without: Line["sign"]): number =>
    of.filter(({ sign }) => sign !== without).length;
  const [above, own] = [lines.slice(0, from), lines.slice(from, to)];
  const range = (without: Line["sign"]): string => {
    const size = count(own, without);
    return `${count(above, without) + (size === 0 ? 0 : 1)},${size}`;
  };
  return `@@ -${range("+")} +${range("-")} @@\n${own.map(({ sign, text }) => `${sign}${text}\n`).join("")}`;
}
