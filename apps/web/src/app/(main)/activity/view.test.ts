import { expect, test } from "vitest";
import {
  type Activity,
  authorWords,
  byDay,
  endpointWords,
  groupActivity,
  groupOf,
  isDay,
  moreWords,
  opWords,
  pairWords,
} from "./view.ts";

const entry = (revision: number, setEnd: number, op: Activity["op"], name: string): Activity => ({
  revision,
  setEnd,
  op,
  at: `2026-11-21T10:00:0${revision}.000Z`,
  author: "alice",
  reason: "",
  requestId: "",
  ref: { kind: "NetworkPolicy", namespace: "shop", name },
});

test("writes of one change set are one entry, newest first", () => {
  const groups = groupActivity([entry(3, 3, "DELETED", "c"), entry(2, 2, "ADDED", "b"), entry(1, 2, "ADDED", "a")]);
  expect(groups.map((group) => [group.revision, group.names, opWords(group)])).toEqual([
    [3, ["shop/c"], "deleted"],
    [2, ["shop/a", "shop/b"], "created"],
  ]);
});

test("a mixed set was changed", () => {
  const [group] = groupActivity([entry(1, 2, "ADDED", "a"), entry(2, 2, "DELETED", "b")]);
  expect(opWords(group!)).toBe("changed");
});

test("system names lose their prefix", () => {
  expect(authorWords("system:node:node-1")).toBe("node-1");
  expect(authorWords("alice")).toBe("alice");
});

test("a set that is told without what was written is the set that is made of its writes", () => {
  const entries = [entry(1, 2, "ADDED", "a"), entry(2, 2, "ADDED", "b")];
  const [made] = groupActivity(entries);
  const { at, author, reason, requestId } = entries[0]!;
  const told = groupOf({
    revision: 2,
    at,
    author,
    reason,
    requestId,
    entries: entries.map(({ revision, op, ref }) => ({ revision, op, ref })),
    objects: 2,
  });
  expect(told).toEqual({ ...made, entries: made!.entries.map((one) => ({ ...one, at })) });
});

test.each([
  [1, ""],
  [2, " and 1 more"],
  [1_201, " and 1,200 more"],
])("of %d objects the first is named%s", (objects, words) => {
  expect(moreWords({ objects })).toBe(words);
});

test.each([
  [{ allowed: 2, denied: 0, pairs: 72, endpoints: 1 }, "+2 −0 pairs", "1 endpoint"],
  [{ allowed: 0, denied: 1_200, pairs: 9_999, endpoints: 44 }, "+0 −1,200 pairs", "44 endpoints"],
  [{ allowed: 0, denied: 0, pairs: 72, endpoints: 0 }, "no pair changed", undefined],
  [{ allowed: 0, denied: 0, pairs: 0, endpoints: 3 }, undefined, "3 endpoints"],
])("the effect %j is told as %s and %s", (effect, pairs, endpoints) => {
  expect([pairWords({ revision: 1, ...effect }), endpointWords({ revision: 1, ...effect })]).toEqual([
    pairs,
    endpoints,
  ]);
});

test("each day stands before its sets, today and yesterday by name", () => {
  const at = (revision: number, day: string) => ({
    ...groupActivity([entry(revision, revision, "ADDED", "a")])[0]!,
    at: `${day}T23:59:59.000Z`,
  });
  const sets = [at(4, "2026-11-30"), at(3, "2026-11-29"), at(2, "2026-11-29"), at(1, "2026-10-01")];
  const rows = byDay(sets, Date.parse("2026-11-30T00:00:01Z"));
  expect(rows.map((row) => (isDay(row) ? `${row.day}: ${row.sets}` : row.revision))).toEqual([
    "Today, 30 Nov 2026: 1",
    4,
    "Yesterday, 29 Nov 2026: 2",
    3,
    2,
    "1 Oct 2026: 1",
    1,
  ]);
});
