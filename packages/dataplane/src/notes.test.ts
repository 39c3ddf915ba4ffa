import { emptyState, wholeOf } from "@percale/policy";
import { expect, test } from "vitest";
import { ignoring, noting } from "./notes.ts";
import type { Notes } from "./notes.ts";

test("a change touches what is said for its kind, and nothing else", () => {
  const touched: unknown[] = [];
  const note = noting({
    hosts: (change) => touched.push(change),
    ...ignoring("config", "endpoint", "policy", "profile", "set", "members", "pool"),
  });
  const pool = { t: "pool", cidr: "10.0.0.0/8", before: undefined, now: undefined } as const;
  for (const change of [...wholeOf(emptyState()), pool]) note(change);
  expect(touched).toEqual([{ t: "hosts", now: [] }]);
});

test("a kind of which nothing is said, and one that is read and ignored, do not compile", () => {
  // @ts-expect-error: nothing is said about hosts
  const silent: Notes = ignoring("config", "endpoint", "policy", "profile", "set", "members", "pool");
  const twice: Notes = {
    // @ts-expect-error: it would never be called
    hosts: () => undefined,
    ...ignoring("config", "endpoint", "policy", "profile", "set", "members", "pool", "hosts"),
  };
  expect([Object.keys(silent).length, Object.keys(twice).length]).toEqual([7, 8]);
});
