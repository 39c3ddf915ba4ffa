import { expect, test } from "vitest";
import type { ChangeGroup } from "../../app/(main)/activity/view.ts";
import { undoable } from "./undoable.ts";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const set = (revision: number, more: Partial<ChangeGroup> = {}): ChangeGroup => ({
  revision,
  at: "2026-11-30T11:59:00Z",
  author: "priya",
  reason: "",
  requestId: "",
  names: [],
  entries: [],
  objects: 0,
  ...more,
});
const revertOf = (of: number, revision: number, author = "priya") =>
  set(revision, { reason: `revert of revision ${of}`, author });

test.each<[what: string, sets: readonly ChangeGroup[], revision: number | undefined]>([
  ["the newest of one's own", [set(9, { author: "maria" }), set(8), set(7)], 8],
  ["the one before, once the newest is reverted, by whomever", [revertOf(8, 9, "maria"), set(8), set(7)], 7],
  ["what a revert of the revert brought back", [revertOf(9, 10), revertOf(8, 9), set(8), set(7)], 8],
  ["nothing, where all is reverted", [revertOf(8, 9), set(8)], undefined],
  ["nothing of others", [set(9, { author: "maria" })], undefined],
  ["nothing that is older than an hour", [set(9, { at: "2026-11-30T10:59:59Z" })], undefined],
])("undo takes back %s", (_, sets, revision) => {
  expect(undoable(sets, { user: "priya", nowMs: NOW })?.revision).toBe(revision);
});
