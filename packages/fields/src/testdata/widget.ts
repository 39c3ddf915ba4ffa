import type { JsonSchema } from "@percale/resources";
import fc from "fast-check";
import { typeOf } from "../type.ts";
import type { FieldType } from "../type.ts";

const text = { type: "string" };
const texts = (extra: object): JsonSchema => ({ type: "array", items: text, ...extra });

/** A kind that has a field of every sort. */
export const WIDGET_SCHEMA: JsonSchema = {
  type: "object",
  properties: {
    apiVersion: text,
    kind: text,
    metadata: {
      type: "object",
      properties: {
        name: text,
        namespace: text,
        uid: text,
        managedFields: { type: "array", items: { type: "object" } },
        labels: { type: "object", additionalProperties: text },
      },
    },
    spec: {
      type: "object",
      properties: {
        order: { type: "integer" },
        action: text,
        port: { "x-kubernetes-int-or-string": true },
        whole: texts({}),
        set: texts({ "x-kubernetes-list-type": "set" }),
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            properties: { port: { type: "integer" }, protocol: { ...text, default: "TCP" }, name: text, tags: { type: "object", additionalProperties: text } },
          },
        },
        nested: { type: "object", properties: { x: text, y: text } },
        fixed: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: text },
        open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      },
    },
  },
};

export const WIDGET: FieldType = typeOf(WIDGET_SCHEMA, () => undefined);

const word = fc.constantFrom("a", "b", "c");

export interface Widget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What somebody may send of one widget. With `least` 1 nothing is there that is empty, or that a default would complete. */
export function widgetOf(least: 0 | 1): fc.Arbitrary<Widget> {
  const words = fc.dictionary(word, word, { minKeys: least, maxKeys: 3 });
  const port = fc.record(
    { port: fc.constantFrom(1, 2, 3), protocol: fc.constantFrom("TCP", "UDP"), name: word, tags: words },
    { requiredKeys: least === 1 ? ["port", "protocol"] : ["port"] },
  );
  const size = { minLength: least, maxLength: 3 };
  const spec = fc.record(
    {
      order: fc.constantFrom(1, 2, 3),
      action: word,
      port: fc.oneof(word, fc.constantFrom(1, 2)),
      whole: fc.array(word, size),
      set: fc.uniqueArray(word, size),
      ports: fc.uniqueArray(port, { ...size, selector: (one) => `${one.port}${one.protocol ?? "TCP"}` }),
      nested: fc.record({ x: word, y: word }, { requiredKeys: least === 1 ? ["x"] : [] }),
      fixed: words,
      open: fc.dictionary(word, fc.oneof(word, words, fc.array(word, size)), { minKeys: least, maxKeys: 2 }),
    },
    { requiredKeys: least === 1 ? ["action"] : [] },
  );
  return fc.record({ labels: words, spec }, { requiredKeys: [] }).map(({ labels, spec: wanted }) => ({
    apiVersion: "example.org/v1",
    kind: "Widget",
    metadata: { name: "w", ...(labels !== undefined && { labels }) },
    ...(wanted !== undefined && { spec: wanted }),
  }));
}

export interface Write {
  readonly operation: "Apply" | "Update";
  readonly manager: string;
  readonly force: boolean;
  readonly object: Widget;
}

export function writeOf(least: 0 | 1): fc.Arbitrary<Write> {
  return fc.record({
    operation: fc.constantFrom("Apply", "Apply", "Update"),
    manager: fc.constantFrom("ann", "ben", "cleo"),
    force: fc.boolean(),
    object: widgetOf(least),
  });
}
