import type { KubeObject } from "@percale/resources/catalog";
import { isMap } from "../../editor/diff.ts";
import { fieldsOf, plainText, type Schema, schemaAt } from "../../words/schema.ts";

/** A field that an object states, in words. */
export interface StatedField {
  readonly title: string;
  /** `spec.nodeSelector` */
  readonly path: string;
  readonly value: string;
}

/** What it states, in the order in which its kind declares it; maps within are told field by field. Some kinds have no spec. */
export function statedFields(schema: Schema | undefined, object: KubeObject): readonly StatedField[] {
  const { apiVersion: _a, kind: _k, metadata: _m, status: _s, spec, ...fields } = object;
  return spec === undefined ? told(schema, fields, "") : told(schemaAt(schema, ["spec"]), spec, "spec");
}

function told(schema: Schema | undefined, value: unknown, path: string): readonly StatedField[] {
  if (typeof value !== "object" || value === null) return [];
  const declared = fieldsOf(schema).map(([key]) => key);
  const place = (key: string): number => (declared.includes(key) ? declared.indexOf(key) : declared.length);
  return Object.entries(value)
    .toSorted(([a], [b]) => place(a) - place(b))
    .flatMap(([key, item]: [string, unknown]) => {
      const own = schemaAt(schema, [key]);
      const at = path === "" ? key : `${path}.${key}`;
      if (isMap(item) && fieldsOf(own).length > 0) return told(own, item, at);
      return [{ title: own?.title ?? key, path: at, value: textOf(item) }];
    });
}

function textOf(value: unknown): string {
  if (value === "") return "empty";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return value.length === 0 ? "none" : value.join(", ");
  if (Array.isArray(value) && value.every(isFlat)) return value.map((item) => Object.values(item).join(" ")).join(", ");
  return plainText(value);
}

/** A map of words and numbers, such as a named port. */
function isFlat(value: unknown): value is object {
  return isMap(value) && Object.values(value as object).every((item) => typeof item !== "object");
}
