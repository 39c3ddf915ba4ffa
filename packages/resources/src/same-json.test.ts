import { expect, test } from "vitest";
import { isSameJson } from "./same-json.ts";

test.each([
  { name: "order of keys", a: { x: 1, y: [1, { z: null }] }, b: { y: [1, { z: null }], x: 1 }, same: true },
  { name: "an undefined key", a: { x: 1, y: undefined }, b: { x: 1 }, same: true },
  { name: "order of a list", a: [1, 2], b: [2, 1], same: false },
  { name: "null and absent", a: { x: null }, b: {}, same: false },
  { name: "list and object", a: [], b: {}, same: false },
])("as JSON, $name: same is $same", ({ a, b, same }) => {
  expect([isSameJson(a, b), isSameJson(b, a)]).toEqual([same, same]);
});
