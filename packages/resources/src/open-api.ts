import * as z from "zod";
import { apiVersionOf, groupVersionOf, servedKindOf } from "./object.ts";
import type { Looks } from "./traits.ts";

/** An OpenAPI v3.0 schema: what Kubernetes calls structural. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const OBJECT_META = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Schema of a whole object, descriptions included: what `kubectl explain` and form fields read. */
export function openApiOf(kind: {
  readonly kind: string;
  readonly flat?: boolean;
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status?: z.ZodType;
  readonly looks?: Looks;
}): JsonSchema {
  const groups = kind.looks?.settings?.groups;
  const own = schemaOf(kind.spec);
  const field = (description: string): JsonSchema => ({ type: "string", description });
  return {
    type: "object",
    description: kind.description,
    properties: {
      apiVersion: field(`Group and version of this representation: ${apiVersionOf(kind.kind)}.`),
      kind: field(`Name of the kind: ${servedKindOf(kind.kind)}.`),
      metadata: { default: {}, description: "Standard object metadata.", allOf: [{ $ref: OBJECT_META }] },
      ...(kind.flat === true
        ? propertiesOf(own)
        : {
            spec: { description: "What is wanted.", ...own, ...(groups !== undefined && { "x-groups": groups }) },
          }),
      ...(kind.status !== undefined && { status: { description: "What is.", ...schemaOf(kind.status) } }),
    },
    ...(kind.flat === true && own["required"] !== undefined && { required: own["required"] }),
    "x-kubernetes-group-version-kind": [{ ...groupVersionOf(kind.kind), kind: servedKindOf(kind.kind) }],
  };
}

function propertiesOf(schema: JsonSchema): object {
  return schema["properties"] as object; // every kind's fields are an object
}

/** A zod schema's input side as a structural schema. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => structural(jsonSchema as Record<string, unknown>),
  });
  return json;
}

/** Zod says more than a structural schema may: closed objects are what the API's field validation is for, and `int` needs no safe-integer bounds. */
function structural(schema: Record<string, unknown>): void {
  if (schema["additionalProperties"] === false) delete schema["additionalProperties"];
  if (schema["minimum"] === Number.MIN_SAFE_INTEGER) delete schema["minimum"];
  if (schema["maximum"] === Number.MAX_SAFE_INTEGER) delete schema["maximum"];
  if (schema["x-kubernetes-int-or-string"] === true) {
    delete schema["type"];
    schema["anyOf"] = [{ type: "integer" }, { type: "string" }];
  }
  if (schema["type"] === "number" && (schema["enum"] as unknown[] | undefined)?.every(Number.isInteger) === true)
    schema["type"] = "integer";
  delete schema["propertyNames"];
  delete schema["keepsZero"]; // ours: packages/resources/src/unset.ts
}
