import { expect, test } from "vitest";
import { fieldsOf, plainText, type Schema, schemaAt, titleAt, typesOf, typeText, valuesOf } from "./schema.ts";

const port: Schema = { anyOf: [{ type: "integer", minimum: 1 }, { type: "string" }] };
const rule: Schema = { type: "object", properties: { ports: { type: "array", items: port } } };
const SCHEMA: Schema = {
  type: "object",
  properties: {
    labels: { type: "object", additionalProperties: { type: "string" } },
    open: { type: "object", additionalProperties: true },
    rules: { type: "array", items: rule },
    either: { oneOf: [{ properties: { a: { type: "string" } } }, { properties: { b: { type: "number" } } }] },
    both: { allOf: [{ properties: { c: { type: "boolean" } } }], properties: { d: { const: 4 } } },
  },
};

test.each<[path: readonly (string | number)[], found: Schema | undefined]>([
  [[], SCHEMA],
  [["rules", 0, "ports", 3], port],
  [["labels", "anything"], { type: "string" }],
  [["open", "anything"], undefined],
  [["either", "b"], { type: "number" }],
  [["both", "c"], { type: "boolean" }],
  [["both", "d"], { const: 4 }],
  [["none"], undefined],
  [["none", "deeper"], undefined],
])("at %j is the field's own schema", (path, found) => {
  expect(schemaAt(SCHEMA, path)).toEqual(found);
});

test("a field is called by its written title, and one without by its path", () => {
  const nets: Schema = { type: "array", title: "Addresses", items: { type: "string" } };
  const rules: Schema = { type: "array", items: { properties: { nets } } };
  const schema: Schema = { properties: { spec: { properties: { rules } } } };
  expect(["spec.rules[3].nets", "spec.rules[3].ports", "spec"].map((path) => titleAt(schema, path))).toEqual([
    "Addresses",
    "spec.rules[3].ports",
    "spec",
  ]);
});

test("before the schema is here a field is called by its last word", () => {
  expect(["spec.tier", "spec.ingress[0].nets"].map((path) => titleAt(undefined, path))).toEqual(["Tier", "Nets"]);
});

test("without a schema there is nothing", () => {
  expect([schemaAt(undefined, []), fieldsOf(undefined), valuesOf(undefined)]).toEqual([undefined, [], []]);
});

test("fields are a map's own and those of its alternatives", () => {
  const names = (path: string) => fieldsOf(schemaAt(SCHEMA, [path])).map(([name]) => name);
  expect([names("either"), names("both"), names("labels")]).toEqual([["a", "b"], ["d", "c"], []]);
});

test.each<[schema: Schema, values: readonly string[]]>([
  [{ enum: ["Allow", 4, null] }, ["Allow", "4", "null"]],
  [{ const: "v3" }, ["v3"]],
  [{ type: "boolean" }, ["true", "false"]],
  [{ anyOf: [{ enum: ["a", "b"] }, { enum: ["b", "c"] }] }, ["a", "b", "c"]],
  [{ type: "string" }, []],
])("the values of %j", (schema, values) => {
  expect(valuesOf(schema)).toEqual(values);
});

test.each<[schema: Schema, text: string]>([
  [{ type: "string" }, "string"],
  [{ type: ["integer", "null"] }, "integer or null"],
  [port, "integer or string"],
  [{ type: "integer", minimum: 0, maximum: 9, default: 4 }, "integer 0..9, default 4"],
  [{ type: "integer", minimum: 1 }, "integer 1.."],
  [{ type: "integer", maximum: 9 }, "integer ..9"],
  [{ type: "string", enum: ["a", "b"], default: "a" }, 'a | b, default "a"'],
  [{ anyOf: [{ type: "string" }, { type: "string" }] }, "string"],
  [{}, ""],
])("%j reads %j", (schema, text) => {
  expect(typeText(schema)).toBe(text);
});

test("a scalar is plain, a map is JSON, nothing is nothing", () => {
  expect([plainText("a"), plainText(1), plainText({ a: [1] }), plainText(undefined)]).toEqual([
    "a",
    "1",
    '{"a":[1]}',
    "",
  ]);
  expect(typesOf({ anyOf: [port, { type: "boolean" }] })).toEqual(["integer", "string", "boolean"]);
});
