import { expect, test } from "vitest";
import type { ChangeGroup } from "../activity/view.ts";
import { changersIn } from "./changers.ts";

const set = (revision: number, author: string): ChangeGroup => ({
  revision,
  at: "2026-11-30T09:00:00Z",
  author,
  reason: "",
  requestId: "",
  names: [],
  entries: [],
  objects: 1,
});

test("each identity is told once, with how often it wrote and what last", () => {
  const sets = [set(9, "priya"), set(8, "ci"), set(7, "priya")];
  expect(changersIn(sets).map(({ who, sets: count, last }) => [who, count, last.revision])).toEqual([
    ["priya", 2, 9],
    ["ci", 1, 8],
  ]);
  expect(changersIn([])).toEqual([]);
});
