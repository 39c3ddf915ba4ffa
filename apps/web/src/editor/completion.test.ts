import { expect, test } from "vitest";
import { placeOf, suggest } from "./completion.ts";
import type { Schema } from "./schema.ts";

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
