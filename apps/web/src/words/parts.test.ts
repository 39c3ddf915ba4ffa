import { expect, test } from "vitest";
import { partOf } from "./parts.ts";

test.each([
  [[["policy", "coverage"], { input: { per: "policy" }, type: "query" }], "which policies are in force where"],
  [[["changes"], "pages"], "changes"],
  [["collection", "IPPool"], "IP pools"],
  [["collection", "Unheard"], "a part of this page"],
  [[["unheard", "of"]], "a part of this page"],
])("the query %j brings %s", (key, words) => {
  expect(partOf(key)).toBe(words);
});
