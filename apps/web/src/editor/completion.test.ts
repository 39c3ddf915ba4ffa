import { expect, test } from "vitest";
import { placeOf, suggest } from "./completion.ts";
import type { Schema } from "../words/schema.ts";

const SCHEMA: Schema = {
  type: "object",
  properties: {
    kind: { type: "string" },
    spec: {
      type: "object",
      properties: {
        order: { type: "number", description: "Lower goes first." },
        types: { type: "array", items: { type: "string", enum: ["Ingress", "Egress"] } },
        ingress: {
          type: "array",
          items: {
            type: "object",
            properties: {
              action: { type: "string", enum: ["Allow", "Deny"] },
              source: { type: "object", properties: { selector: { type: "string" }, nets: { type: "array" } } },
            },
          },
        },
      },
    },
  },
};

/** `|` is the cursor. */
function at(text: string) {
  const offset = text.indexOf("|");
  const place = placeOf(text.replace("|", ""), offset);
  return { place, labels: place === undefined ? [] : suggest(place, SCHEMA, () => []).map(({ label }) => label) };
}

test.each([
  ["|", ["kind", "spec"]],
  ["spec:\n  or|", ["order", "types", "ingress"]],
  ["spec:\n  ingress:\n  - |", ["action", "source"]],
  ["spec:\n  ingress:\n    - |", ["action", "source"]],
  ["spec:\n  ingress:\n  - action: Allow\n    so|", ["action", "source"]],
  ["spec:\n  ingress:\n  - action: Allow\n    source:\n      |", ["selector", "nets"]],
  ["spec:\n  ingress:\n  - action: Allow\n    source:\n      selector: a\n  |", ["order", "types", "ingress"]],
  ["spec:\n  ingress:\n  - source:\n      selector: a\n    action: |", ["Allow", "Deny"]],
  ["metadata:\n  name: x\nspec:\n  ingress:\n  - action: Allow\n  - |", ["action", "source"]],
])("after %j it offers %j", (text, labels) => {
  expect(at(text).labels).toEqual(labels);
});

test("what is typed is replaced from its start", () => {
  expect(at("spec:\n  ingress:\n  - action: De|").place).toMatchObject({ typed: "De", from: 29 });
});

test("nothing is offered inside a comment", () => {
  expect(at("# spec|").place).toBeUndefined();
});

test("a suggestion says what it is, and is quoted where YAML would read it as something else", () => {
  const place = placeOf("spec:\n  ", 8)!;
  expect(suggest(place, SCHEMA, () => [])).toEqual([
    { label: "order", apply: "order: ", detail: "number", info: "Lower goes first." },
    { label: "types", apply: "types:", detail: "array", info: "" },
    { label: "ingress", apply: "ingress:", detail: "array", info: "" },
  ]);
  const values = ["app == 'web'", "plain", "true", "80", "", " x", "x ", "a: b"];
  expect(suggest({ ...place, key: "order" }, SCHEMA, () => values)).toEqual(
    ["\"app == 'web'\"", "plain", "true", "80", '""', '" x"', '"x "', '"a: b"'].map((apply, i) => ({
      label: values[i],
      apply,
      detail: "",
      info: "Lower goes first.",
    })),
  );
});

test("live values come behind those of the schema, each once, and are asked for by the field's path", () => {
  const asked: unknown[] = [];
  const place = placeOf("spec:\n  ingress:\n  - action: ", 29)!;
  const labels = suggest(place, SCHEMA, (path) => {
    asked.push(path);
    return ["Deny", "Log"];
  }).map(({ label }) => label);
  expect([labels, asked]).toEqual([["Allow", "Deny", "Log"], [["spec", "ingress", 0, "action"]]]);
  expect(suggest({ path: [], key: "none", typed: "", from: 0 }, SCHEMA, () => ["x"])[0]?.info).toBe("");
});

test.each([
  ["spec:|", undefined],
  ["spec: |", { path: [], key: "spec", typed: "", from: 6 }],
  ["a: 'x|", { path: [], key: "a", typed: "'x", from: 3 }],
  ["- - a: x|", { path: [0, 0], key: "a", typed: "x", from: 7 }],
  ["a:\n  b:\n    - c:\n        - d: 1\n          e|", { path: ["a", "b", 0, "c", 0], typed: "e", from: 42 }],
  ["a:\n  b: 1\nc:\n  d|", { path: ["c"], typed: "d", from: 15 }],
  ["a:\n- b: 1\n  c:\n    d|", { path: ["a", 0, "c"], typed: "d", from: 19 }],
  ["a:\n  # not: this\n\n  b|", { path: ["a"], typed: "b", from: 20 }],
])("the cursor in %j", (text, place) => {
  expect(at(text).place).toEqual(place);
});
