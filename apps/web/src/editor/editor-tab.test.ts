import { expect, test } from "vitest";
import { editorTab } from "./editor-tab.ts";

test.each([
  ["diff", "diff"],
  [null, "form"],
  ["summary", "form"],
  ["toString", "form"],
  ["", "form"],
])("the tab that an address calls %j is %s", (asked, tab) => {
  expect(editorTab(asked)).toBe(tab);
});
