import { expect, test } from "vitest";
import { renderTable, renderColumns } from "./table.ts";

const table = {
  columnDefinitions: [{ name: "Name" }, { name: "Tier" }, { name: "Selector", priority: 1 }],
  rows: [
    { cells: ["allow-all", "default", "all()"], object: { metadata: { namespace: "shop" } } },
    { cells: ["db", null, "app == 'db'"], object: { metadata: { namespace: "a" } } },
  ],
};

test("a narrow table leaves out columns of lower priority and shows a dash for nothing", () => {
  expect(renderTable(table, { wide: false, namespaces: false })).toBe(
    "NAME        TIER\nallow-all   default\ndb          -\n",
  );
});

test("a wide table over all namespaces begins with the namespace", () => {
  expect(renderTable(table, { wide: true, namespaces: true })).toBe(
    [
      "NAMESPACE   NAME        TIER      SELECTOR",
      "shop        allow-all   default   all()",
      "a           db          -         app == 'db'",
      "",
    ].join("\n"),
  );
});

test("what others wrote moves no cursor and makes no line of its own", () => {
  expect(renderColumns([["REASON"], ["x\n2026 admin deleted"], ["\u001b[2Aup"]])).toBe(
    "REASON\nx\\n2026 admin deleted\n\\u001b[2Aup\n",
  );
});
