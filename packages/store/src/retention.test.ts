import { expect, test } from "vitest";
import { removableUpTo } from "./retention.ts";

test.each<[what: string, keepRevisions: number | undefined, neededSince: number, upTo: number]>([
  ["what it keeps where nothing is said", undefined, Infinity, 4_000],
  ["as many as are asked for", 10, Infinity, 4_990],
  ["the newest at least", 0, Infinity, 4_999],
  ["what a watch still needs", 10, 7, 7],
])("a log of 5,000 leaves %s", (_, keepRevisions, neededSince, upTo) => {
  const retention = keepRevisions === undefined ? {} : { keepRevisions };
  expect(removableUpTo(retention, { head: 5_000, neededSince })).toBe(upTo);
});
