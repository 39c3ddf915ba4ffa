import { expect, test } from "vitest";
import { sumImpact } from "./impact.ts";

const change = (before: "allow" | "deny", after: "allow" | "deny"): never =>
  ({ before: { verdict: before }, after: { verdict: after } }) as never;

test("changes that the answer had no room for count too", () => {
  const changes = [change("allow", "deny"), change("deny", "allow"), change("deny", "deny")];
  expect(sumImpact({ changes })).toEqual({ denied: 1, allowed: 1, otherRule: 1 });
  expect(sumImpact({ changes, more: { denied: 7, allowed: 2 } })).toEqual({ denied: 8, allowed: 3, otherRule: 1 });
});
