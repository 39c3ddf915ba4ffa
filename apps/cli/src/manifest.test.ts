import { expect, test } from "vitest";
import { parseManifests } from "./manifest.ts";

test("documents, lists and arrays all become objects, in order", () => {
  const text = `
kind: Tier
metadata: { name: a }
---
---
kind: TierList
items: [{ kind: Tier, metadata: { name: b } }, { kind: Tier, metadata: { name: c } }]
---
[{ "kind": "Tier", "metadata": { "name": "d" } }]
`;
  expect(parseManifests(text, "x").map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c", "d"]);
});

test.each([
  { name: "broken YAML", text: "kind: [", message: /^x: / },
  { name: "no kind", text: "metadata: { name: a }", message: "x: an object without kind" },
  { name: "no name", text: "kind: Tier", message: "x: Tier without metadata.name" },
])("$name is refused with its source", ({ text, message }) => {
  expect(() => parseManifests(text, "x")).toThrow(message);
});
