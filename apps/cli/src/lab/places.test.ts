import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiSocket, labFolder, labId, labSocket } from "./places.ts";

test("two data folders have two labs, and one always the same", () => {
  expect(labId("/a")).toMatch(/^[0-9a-f]{6}$/);
  expect(labId("/a/../a")).toBe(labId("/a"));
  expect(labId("/b")).not.toBe(labId("/a"));
});

test("a folder too deep for the path of a socket gets a short one elsewhere", () => {
  const deep = (length: number): string => `/${"d".repeat(length - 5)}`; // with /lab: `length` bytes
  expect(labFolder(deep(72))).toBe(`${deep(72)}/lab`);
  expect(labFolder(deep(73))).toBe(join(tmpdir(), `percale-lab-${labId(deep(73))}`));
  expect(labSocket("/a")).toBe("/a/lab/lab.sock");
  expect(apiSocket("/a")).toBe("/a/api.sock");
});
