import fc from "fast-check";
import { expect, test } from "vitest";
import { duplicateFields } from "./duplicates.ts";

test.each<[json: string, duplicates: string[]]>([
  ['{"a":1,"b":{"a":1}}', []],
  ['{"a":1,"a":2}', ["a"]],
  ['{"spec":{"rules":[{"x":1},{"x":1,"x":2,"x":3}]}}', ["spec.rules[1].x"]],
  ['{"a":{"b":1},"a":{"b":2}}', ["a"]],
  ['{"a":":","b":"\\"a\\":","c":"\\\\"}', []],
  ['[{"a" : 1, "\\u0061" : 2}]', ["[0].a"]],
  ["", []],
])("%s says twice %j", (json, duplicates) => {
  const found = duplicateFields(json, json === "" ? undefined : JSON.parse(json));
  expect(found).toEqual(duplicates.map((field) => `duplicate field "${field.replace(/^\./, "")}"`));
});

test("JSON that somebody's library wrote says nothing twice", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const written = JSON.stringify(JSON.parse(json)); // without what was said twice
      expect(duplicateFields(written, JSON.parse(written))).toEqual([]);
    }),
  );
});

test("what is said twice a hundred thousand times below a long name is told as often as anybody reads", () => {
  const json = `{"${"k".repeat(100_000)}":{${Array.from({ length: 200_000 }, (_, i) => `"a${i >> 1}":1`).join()}}}`;
  expect(duplicateFields(json, JSON.parse(json))).toHaveLength(100);
});
