import { typeOf } from "@percale/fields";
import type { FieldType } from "@percale/fields";
import type { JsonSchema, ResourceDefinition } from "@percale/resources";
import { metaSchemas } from "../rest/openapi-meta.ts";

const META = metaSchemas("") as Readonly<Record<string, JsonSchema>>;
const typeByKind = new Map<string, FieldType>();

/** A kind's type, as its published schema says it. Made once. */
export function kindType(definition: ResourceDefinition): FieldType {
  const { kind } = definition;
  let type = typeByKind.get(kind);
  if (type === undefined) {
    type = typeOf(definition.openApi(), (ref) => META[ref.split("/").at(-1)!]); // a split has a last part
    typeByKind.set(kind, type);
  }
  return type;
}
