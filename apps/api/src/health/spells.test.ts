import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConditionView, SpellView } from "../trpc/views.ts";
import { bounded, KEPT_MS, type Look, lookedAt, merged, MOST_SPELLS } from "./spells.ts";

const at = (second: number): Date => new Date(second * 1_000);
const condition = (code: string, source: string, since: number): ConditionView => ({
  code,
  severity: "error",
  title: code,
  detail: "",
  advice: "",
  since: at(since).toISOString(),
  source,
});
const look = (second: number, conditions: readonly ConditionView[], isWhole = true): Look => ({
  at: at(second),
  conditions,
  isWhole,
});
const said = (spells: readonly SpellView[]) =>
  spells.map(({ code, source, since, until }) => {
    const secondOf = (time: string): number => Date.parse(time) / 1_000;
    return `${code} ${source} ${secondOf(since)}–${until === undefined ? "" : secondOf(until)}`;
  });

test("a spell begins when the condition does, and ends when it is seen no more", () => {
  const first = lookedAt([], look(10, [condition("A", "n1", 7)]));
  const same = lookedAt(first, look(15, [condition("A", "n1", 8)])); // told with another beginning
  expect(same).toBe(first);
  const second = lookedAt(same, look(20, [condition("B", "n1", 18)]));
  expect(said(second)).toEqual(["A n1 7–20", "B n1 18–"]);
  expect(said(lookedAt(second, look(30, [condition("A", "n1", 28)])))).toEqual(["A n1 7–20", "B n1 18–30", "A n1 28–"]);
});

test("what begins again with an older beginning is another spell", () => {
  const over = lookedAt(lookedAt([], look(10, [condition("A", "n1", 7)])), look(20, []));
  const again = lookedAt(over, look(30, [condition("A", "n1", 9)]));
  expect(said(again)).toEqual(["A n1 7–20", "A n1 20.001–"]);
  expect(merged(again, over)).toEqual(again);
});

test("while the database is not heard nothing of others is over, and what the server says of itself is", () => {
  const before = lookedAt([], look(10, [condition("A", "n1", 7), condition("S", "api", 9)]));
  expect(said(lookedAt(before, look(20, [condition("D", "api", 17)], false)))).toEqual([
    "A n1 7–",
    "S api 9–20",
    "D api 17–",
  ]);
});

test("two servers that saw the same tell one spell", () => {
  const here = lookedAt(lookedAt([], look(10, [condition("A", "n1", 7)])), look(20, []));
  const there = lookedAt([], look(11, [condition("A", "n1", 8)]));
  expect(said(merged(here, there))).toEqual(["A n1 7–20"]);
  const again = lookedAt(there, look(40, []));
  expect(said(merged(here, lookedAt(again, look(60, [condition("A", "n1", 55)]))))).toEqual(["A n1 7–20", "A n1 55–"]);
});

const spell: fc.Arbitrary<SpellView> = fc
  .record({ code: fc.constantFrom("A", "B"), source: fc.constantFrom("n1", "api"), since: fc.nat(50), for: fc.nat(50) })
  .map(({ code, source, since, for: seconds }) => ({
    code,
    source,
    title: code,
    severity: "error",
    since: at(since).toISOString(),
    ...(seconds > 40 ? {} : { until: at(since + seconds).toISOString() }),
  }));
const spells = fc.array(spell, { maxLength: 6 });

test("whoever writes first or twice, the same is kept", () => {
  fc.assert(
    fc.property(spells, spells, (a, b) => {
      const both = merged(a, b);
      expect(merged(b, a)).toEqual(both);
      expect(merged(both, both)).toEqual(both);
    }),
  );
});

test("what is over for a day goes, and of too many the oldest", () => {
  const over = { ...spellOf("A"), until: at(0).toISOString() };
  expect(bounded([over], new Date(KEPT_MS - 1))).toEqual([over]);
  expect(bounded([over, spellOf("B")], new Date(KEPT_MS))).toEqual([spellOf("B")]);
  const many = Array.from({ length: MOST_SPELLS + 2 }, (_, index) => spellOf(`C${1_000 + index}`));
  expect(bounded(many, at(0)).map(({ code }) => code)).toEqual(many.slice(2).map(({ code }) => code));
});

test("of more that hold than there is room for the same are kept at each look", () => {
  const conditions = Array.from({ length: MOST_SPELLS + 100 }, (_, index) => condition(`C${index}`, "n1", index % 7));
  const first = bounded(lookedAt([], look(10, conditions)), at(10));
  expect(first).toHaveLength(MOST_SPELLS);
  expect(bounded(lookedAt(merged(first, first), look(15, conditions.toReversed())), at(15))).toEqual(first);
});

function spellOf(code: string): SpellView {
  return { code, source: "n1", title: code, severity: "error", since: at(0).toISOString() };
}
