import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Tabs } from "./tabs.tsx";

test.each([
  ["b", "b"],
  ["none", "a"],
  ['"]', "a"],
])("of an address that asks for tab %s the one that is shown and reached by keys is %s", (current, shown) => {
  const tabs = ["a", "b"].map((id) => ({ id, title: id }));
  const markup = renderToStaticMarkup(createElement(Tabs, { label: "Tabs", tabs, current, onSelect: () => undefined }));
  const reached = [...markup.matchAll(/data-tab="(\w)" aria-selected="true" tabindex="0"/gi)].map(([, id]) => id);
  expect(reached).toEqual([shown]);
});
