import { double, each, entries, flag, inside, int, message, text } from "./protobuf.ts";
import type { Part } from "./protobuf.ts";

export const OPENAPI_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** Clients ask with an `@`, which Go's own parser of media types would not take in the answer. */
export const ACCEPTS_OPENAPI_PROTOBUF = /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/;

/** A Swagger 2 document as `openapi.v2.Document`. Field numbers: google/gnostic `openapiv2/OpenAPIv2.proto`. */
export function encodeSwagger(document: object): Buffer {
  return documentPart(document);
}

/** A value of any shape, as YAML, of which JSON is a part. */
const any = (number: number): Part => inside(number, (value) => text(2)(JSON.stringify(value)));
const extensions = (number: number): Part => entries(number, any(2));
/** A schema holds schemas. */
const schema: Part = (value) => schemaPart(value);

const schemaPart = message(
  {
    $ref: text(1),
    format: text(2),
    description: text(4),
    default: any(5),
    maximum: double(7),
    minimum: double(9),
    maxLength: int(11),
    minLength: int(12),
    pattern: text(13),
    maxItems: int(14),
    minItems: int(15),
    uniqueItems: flag(16),
    required: each(text(19)),
    enum: each(any(20)),
    additionalProperties: inside(21, (value) =>
      typeof value === "boolean" ? flag(2)(value) : inside(1, schema)(value),
    ),
    type: inside(22, text(1)),
    items: inside(23, inside(1, schema)),
    allOf: each(inside(24, schema)),
    properties: inside(25, entries(1, inside(2, schema))),
  },
  extensions(31),
);

const bodyParameter = message({
  description: text(1),
  name: text(2),
  in: text(3),
  required: flag(4),
  schema: inside(5, schema),
});
const queryParameter = message({
  required: flag(1),
  in: text(2),
  description: text(3),
  name: text(4),
  type: text(6),
  uniqueItems: flag(20),
});
const pathParameter = message({ required: flag(1), in: text(2), description: text(3), name: text(4), type: text(5) });

const parameter: Part = (value) => {
  switch ((value as { readonly in: string }).in) {
    case "body":
      return inside(1, bodyParameter)(value);
    case "path":
      return inside(2, inside(4, pathParameter))(value);
    default:
      return inside(2, inside(3, queryParameter))(value);
  }
};
const parameters = (number: number): Part => each(inside(number, inside(1, parameter)));
const response = message({ description: text(1) });

const operation = message(
  {
    operationId: text(5),
    produces: each(text(6)),
    consumes: each(text(7)),
    parameters: parameters(8),
    responses: inside(9, entries(1, inside(2, inside(1, response)))),
  },
  extensions(13),
);

const pathItem = message({
  get: inside(2, operation),
  put: inside(3, operation),
  post: inside(4, operation),
  delete: inside(5, operation),
  patch: inside(8, operation),
  parameters: parameters(9),
});

const documentPart = message({
  swagger: text(1),
  info: inside(2, message({ title: text(1), version: text(2) })),
  paths: inside(8, entries(2, inside(2, pathItem))),
  definitions: inside(9, entries(1, inside(2, schema))),
});
