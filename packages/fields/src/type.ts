import type { JsonSchema } from "@percale/resources";
import { isRecord } from "./record.ts";

/** How values of a field are merged and who can own what of them. */
export type FieldType = MapType | ListType | { readonly kind: "scalar" } | { readonly kind: "any" };

export interface MapType {
  readonly kind: "map";
  /** Set and owned as one value. */
  readonly isAtomic: boolean;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Of fields that are not declared; undefined: there are none. */
  readonly values: FieldType | undefined;
  /** Of fields that are keys of a list. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

export interface ListType {
  readonly kind: "list";
  readonly items: FieldType;
  /** One value; values that occur once; or items told apart by these keys, which are in order. */
  readonly merge: "atomic" | "set" | readonly string[];
}

const SCALAR: FieldType = { kind: "scalar" };
const ANY: FieldType = { kind: "any" };
const ANY_MAP: MapType = { kind: "map", isAtomic: false, fields: new Map(), values: ANY, defaults: new Map() };
const ANY_LIST: ListType = { kind: "list", items: ANY, merge: "atomic" };

/** The type that a structural OpenAPI v3 schema says. `resolve` finds what a `$ref` leads to; no schema leads back to itself. */
export function typeOf(schema: JsonSchema, resolve: (ref: string) => JsonSchema | undefined): FieldType {
  const { $ref, allOf, type } = schema;
  if (typeof $ref === "string") return typeOfRef($ref, resolve);
  if (Array.isArray(allOf) && isRecord(allOf[0])) return typeOf(allOf[0], resolve); // how a reference stands beside a description
  switch (type) {
    case "object":
      return mapOf(schema, resolve);
    case "array":
      return { kind: "list", items: partOf(schema["items"], resolve), merge: mergeOf(schema) };
    case "string":
    case "number":
    case "integer":
    case "boolean":
      return SCALAR;
    default:
      return schema["x-kubernetes-int-or-string"] === true ? SCALAR : ANY;
  }
}

/** What the type is for this value: what no schema says follows from the value, and what is of another type is one value. */
export function typeFor(type: FieldType, value: unknown): Exclude<FieldType, { kind: "any" }> {
  switch (type.kind) {
    case "any":
      return isRecord(value) ? ANY_MAP : Array.isArray(value) ? ANY_LIST : { kind: "scalar" };
    case "map":
      return value === undefined || value === null || isRecord(value) ? type : { kind: "scalar" };
    case "list":
      return value === undefined || value === null || Array.isArray(value) ? type : { kind: "scalar" };
    case "scalar":
      return type;
  }
}

/** The type of a field; undefined where no such field can be. */
export function typeOfField({ fields, values }: MapType, name: string): FieldType | undefined {
  return fields.get(name) ?? values;
}

function typeOfRef(ref: string, resolve: (ref: string) => JsonSchema | undefined): FieldType {
  const schema = resolve(ref);
  return schema === undefined ? ANY : typeOf(schema, resolve);
}

function partOf(schema: unknown, resolve: (ref: string) => JsonSchema | undefined): FieldType {
  return isRecord(schema) ? typeOf(schema, resolve) : ANY;
}

function mapOf(schema: JsonSchema, resolve: (ref: string) => JsonSchema | undefined): MapType {
  const { properties, additionalProperties: values } = schema;
  const declared = isRecord(properties) ? Object.entries(properties) : [];
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || (declared.length === 0 && values !== false);
  return {
    kind: "map",
    isAtomic: schema["x-kubernetes-map-type"] === "atomic",
    fields: new Map(declared.map(([name, field]) => [name, partOf(field, resolve)])),
    values: isRecord(values) ? typeOf(values, resolve) : isOpen ? ANY : undefined,
    defaults: new Map(
      declared.flatMap(([name, field]) =>
        isRecord(field) && field["default"] !== undefined ? [[name, field["default"]] as const] : [],
      ),
    ),
  };
}

/** Kubernetes' own kinds say it in two languages: a merge key of strategic merge patches is one of lists too. */
function mergeOf(schema: JsonSchema): ListType["merge"] {
  const { "x-kubernetes-list-type": type, "x-kubernetes-list-map-keys": keys } = schema;
  if (type === "map") return Array.isArray(keys) && keys.length > 0 ? (keys as string[]).toSorted() : "atomic";
  if (type !== undefined) return type === "set" ? "set" : "atomic";
  if (schema["x-kubernetes-patch-strategy"] !== "merge") return "atomic";
  const key = schema["x-kubernetes-patch-merge-key"];
  return typeof key === "string" ? [key] : "set";
}
