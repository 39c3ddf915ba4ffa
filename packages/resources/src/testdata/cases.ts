import { API_VERSION, definitionOf, prepareObject } from "../index.ts";
import type { JsonSchema, KubeObject, ResourceDefinition } from "../index.ts";

/** A kind's object with just this spec. */
export function objectWith(kind: string, spec: unknown, name = "default"): KubeObject {
  const { namespaced = false, flat = false, apiVersion = API_VERSION } = definitionOf(kind) ?? {};
  const fields = flat && typeof spec === "object" ? spec : { spec };
  const metadata = { name, ...(namespaced && { namespace: "shop" }) };
  return { ...(fields as { spec: unknown }), apiVersion, kind, metadata }; // a flat kind has no spec, on purpose
}

/** The schema of a kind's own fields: its spec, or what stands beside `metadata`. */
export function fieldsSchema(definition: ResourceDefinition): JsonSchema {
  const { apiVersion: _a, kind: _k, metadata: _m, spec, status: _s, ...rest } = definition.openApi()["properties"] as Record<string, JsonSchema>;
  return spec ?? { type: "object", properties: rest };
}

/** `field: reason` of every fault, without `spec.`; [] if the object is accepted. */
export function faultsOf(kind: string, spec: unknown, { name = "default", old }: { name?: string; old?: unknown } = {}): string[] {
  const raw = objectWith(kind, spec, name);
  const before = old === undefined ? undefined : objectWith(kind, old, name);
  const stored = before === undefined ? undefined : prepareObject(definitionOf(kind)!, before, { operation: "create" });
  if (stored !== undefined && "error" in stored) throw stored.error;
  const sent = stored === undefined ? raw : { ...raw, metadata: { ...raw.metadata, resourceVersion: "1" } };
  const result = prepareObject(definitionOf(kind)!, sent, {
    operation: stored === undefined ? "create" : "update",
    fieldValidation: "Strict",
    ...(stored !== undefined && { old: stored.object }),
  });
  if (!("error" in result)) return [];
  return result.issues.map(({ field, reason }) => `${field.replace(/^spec\./, "")}: ${reason.replace("FieldValue", "")}`);
}

/** The spec as it would be stored. */
export function specOf(kind: string, spec: unknown, name?: string): unknown {
  const result = prepareObject(definitionOf(kind)!, objectWith(kind, spec, name), { operation: "create", fieldValidation: "Strict" });
  if ("error" in result) throw result.error;
  const { apiVersion: _a, kind: _k, metadata: _m, spec: own, ...fields } = result.object;
  return definitionOf(kind)!.flat ? fields : own;
}
