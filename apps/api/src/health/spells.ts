import type { ConditionView, SpellView } from "../trpc/views.ts";

/** So long the past is kept, and so much of it. */
export const KEPT_MS = 24 * 3_600_000;
export const MOST_SPELLS = 200;

/** What was so at one moment. */
export interface Look {
  readonly at: Date;
  readonly conditions: readonly ConditionView[];
  /** False while the database is not heard: of others' conditions nothing is known then, also not that they are over. */
  readonly isWhole: boolean;
}

/** The spells after a look: what is new begins, what is gone is over. */
export function lookedAt(spells: readonly SpellView[], { at, conditions, isWhole }: Look): readonly SpellView[] {
  const now = new Map(conditions.map((one) => [keyOf(one), one]));
  const until = at.toISOString();
  const known = new Set<string>();
  const kept = spells.map((spell) => {
    if (spell.until !== undefined) return spell;
    const key = keyOf(spell);
    known.add(key);
    const isOver = !now.has(key) && (isWhole || spell.source === OWN);
    return isOver ? { ...spell, until } : spell;
  });
  const begun = [...now].filter(([key]) => !known.has(key)).map(([key, one]) => spellOf(one, lastEnd(spells, key)));
  return begun.length === 0 && kept.every((spell, index) => spell === spells[index]) ? spells : [...kept, ...begun];
}

/** What two servers saw of the same: whoever saw it begin first, and end first, is right. In order of beginning. */
export function merged(a: readonly SpellView[], b: readonly SpellView[]): readonly SpellView[] {
  const spells: SpellView[] = [];
  const lastOf = new Map<string, number>(); // of the same: whatever was before its last one ended before that began
  for (const spell of [...a, ...b].sort(byBeginning)) {
    const key = keyOf(spell);
    const at = lastOf.get(key);
    if (at !== undefined && overlaps(spells[at]!, spell))
      spells[at] = { ...spells[at]!, ...earlier(spells[at]!.until, spell.until) };
    else lastOf.set(key, spells.push(spell) - 1);
  }
  return spells;
}

/** Without what is long over; of too many the oldest go. In order of beginning, so that it is the same ones at each look. */
export function bounded(spells: readonly SpellView[], at: Date): readonly SpellView[] {
  const from = new Date(at.getTime() - KEPT_MS).toISOString();
  const kept = spells.filter(({ until }) => until === undefined || until > from).toSorted(byBeginning);
  return kept.slice(-MOST_SPELLS);
}

/** The server's own conditions. */
const OWN = "api";

/** It begins behind the one before it, whatever is said. */
function spellOf({ code, severity, title, source, since }: ConditionView, end: string | undefined): SpellView {
  const begin = end === undefined || end < since ? since : new Date(Date.parse(end) + 1).toISOString();
  return { code, severity, title, source, since: begin };
}

function lastEnd(spells: readonly SpellView[], key: string): string | undefined {
  return spells.findLast((spell) => keyOf(spell) === key)?.until;
}

function keyOf({ code, title, source }: Pick<SpellView, "code" | "title" | "source">): string {
  return `${source} ${code} ${title}`;
}

function byBeginning(a: SpellView, b: SpellView): number {
  return order(a.since, b.since) || order(keyOf(a), keyOf(b)) || order(a.until ?? "~", b.until ?? "~");
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The second began no earlier. */
function overlaps({ until }: SpellView, { since }: SpellView): boolean {
  return until === undefined || since <= until;
}

function earlier(a: string | undefined, b: string | undefined): Pick<SpellView, "until"> {
  const until = a === undefined || (b !== undefined && b < a) ? b : a;
  return until === undefined ? {} : { until };
}
