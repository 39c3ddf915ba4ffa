import fc from "fast-check";
import { expect, test } from "vitest";
import { prepareObject, resourceDefinitions } from "./index.ts";
import type { JsonSchema } from "./index.ts";
import { fieldsSchema, objectWith } from "./testdata/cases.ts";

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    "",
    "10.0.0.0/8",
    "fd00::/8",
    "10.0.0.1/8",
    "all()",
    "global()",
    "a = b",
    "80:90",
    "TCP",
    6,
    "1.10",
    "5s",
    1e300,
    -0,
    NaN,
  ),
);

/** Values that look like a schema's, now and then something else. */
function like(schema: JsonSchema): fc.Arbitrary<unknown> {
  const choices = schema["enum"] as readonly unknown[] | undefined;
  const shaped = (): fc.Arbitrary<unknown> => {
    if (choices !== undefined) return fc.constantFrom(...choices);
    if (schema["type"] === "object") {
      const properties = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>);
      return fc.record(Object.fromEntries(properties.map(([name, child]) => [name, like(child)])), {
        requiredKeys: [],
      });
    }
    if (schema["type"] === "array") return fc.array(like(schema["items"] as JsonSchema), { maxLength: 3 });
    if (schema["type"] === "boolean") return fc.boolean();
    return schema["type"] === "integer" ? fc.integer({ min: 0, max: 130 }) : junk;
  };
  return fc.oneof({ weight: 12, arbitrary: shaped() }, { weight: 1, arbitrary: junk });
}

test.each(resourceDefinitions.map((definition) => ({ kind: definition.kind, definition })))(
  "no input breaks $kind: it is refused with a reason, or accepted for good",
  ({ kind, definition }) => {
    fc.assert(
      fc.property(like(fieldsSchema(definition)), (value) => {
        const result = prepareObject(definition, objectWith(kind, value), {
          operation: "create",
          fieldValidation: "Strict",
        });
        if ("error" in result) expect(result.error.code === 400 || result.issues.length > 0).toBe(true);
        else
          expect(prepareObject(definition, result.object, { operation: "create", fieldValidation: "Strict" })).toEqual(
            result,
          );
      }),
      { numRuns: 60 },
    );
  },
);
