import { expect, test } from "vitest";
import { type Activity, authorWords, groupActivity, opWords } from "./view.ts";

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
