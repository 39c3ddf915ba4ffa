import { expect, test } from "vitest";
import { toldBy } from "./untold.ts";

test.each([
  [{ data: 0, error: null }, 0],
  [{ data: 7, error: new Error("lost") }, 7],
  [{ data: undefined, error: null }, "waiting"],
  [{ data: undefined, error: new Error("lost") }, "unknown"],
])("of the query %j is told %j", (query, told) => {
  expect(toldBy<number | undefined>(query)).toBe(told);
});
