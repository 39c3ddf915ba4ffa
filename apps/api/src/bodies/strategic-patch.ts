import { badRequest } from "@percale/resources";
import type { JsonSchema } from "@percale/resources";
import { metaSchemas } from "../rest/openapi-meta.ts";
import { setOwn } from "./budget.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Kubernetes' strategic merge patch, as kubectl sends it for Kubernetes' own kinds: a merge patch in which lists with a merge strategy
 * are merged and `$…` keys direct. Which lists those are the schema says (`x-kubernetes-patch-strategy`, `-merge-key`). Throws
 * StatusError 400 for a directive that is not understood.
 */
export function strategicMergePatch(target: unknown, patch: unknown, schema: JsonSchema = {}): unknown {
  if (!isRecord(patch)) return patch;
  if (patch["$patch"] === "replace") return withoutDirectives(patch);
  if (patch["$patch"] === "delete") return undefined;
  if (patch["$patch"] !== undefined && patch["$patch"] !== "merge")
    throw badRequest(`$patch: must be replace, merge or delete, got ${JSON.stringify(patch["$patch"])}`);
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  retain(result, patch["$retainKeys"]);
  for (const [key, value] of Object.entries(patch)) {
    if (key === "$patch") continue;
    if (key.startsWith("$")) direct(result, key, value);
    else {
      const next = value === null ? undefined : merged(ownOf(result, key), value, fieldSchema(schema, key));
      if (next === undefined) delete result[key];
      else setOwn(result, key, next);
    }
  }
  return result;
}

function ownOf(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** References lead to metadata alone, which every kind has. */
function fieldSchema(schema: JsonSchema, key: string): JsonSchema {
  const { properties, additionalProperties } = resolved(schema);
  const field = isRecord(properties) ? ownOf(properties, key) : undefined;
  return isRecord(field) ? resolved(field) : isRecord(additionalProperties) ? additionalProperties : {};
}

const META = metaSchemas("");

function resolved(schema: JsonSchema): JsonSchema {
  const { $ref, allOf } = schema;
  const inner = Array.isArray(allOf) && isRecord(allOf[0]) ? allOf[0]["$ref"] : $ref;
  return typeof inner === "string" ? ((META[inner.split("/").at(-1)!] ?? {}) as JsonSchema) : schema;
}

function merged(old: unknown, value: unknown, schema: JsonSchema): unknown {
  if (!Array.isArray(value) || schema["x-kubernetes-patch-strategy"] !== "merge")
    return Array.isArray(value) ? value : strategicMergePatch(old, value, schema);
  const before: readonly unknown[] = Array.isArray(old) ? old : [];
  const key = schema["x-kubernetes-patch-merge-key"];
  const items = isRecord(schema["items"]) ? schema["items"] : {};
  return typeof key === "string" ? mergedByKey(before, value, { key, items }) : [...new Set([...before, ...value])];
}

interface Keyed {
  readonly key: string;
  readonly items: JsonSchema;
}

function mergedByKey(before: readonly unknown[], patches: readonly unknown[], { key, items }: Keyed): unknown[] {
  const keyOf = (item: unknown): unknown => (isRecord(item) ? item[key] : undefined);
  const isReplaced = patches.some((item) => isRecord(item) && item["$patch"] === "replace");
  const byKey = new Map((isReplaced ? [] : before).map((item) => [keyOf(item), item]));
  for (const item of patches) {
    if (isRecord(item) && item["$patch"] === "replace") continue; // said of the whole list
    const next = strategicMergePatch(byKey.get(keyOf(item)), item, items);
    if (next === undefined) byKey.delete(keyOf(item));
    else byKey.set(keyOf(item), next);
  }
  return [...byKey.values()];
}

/** `$retainKeys`: whatever is not named goes. */
function retain(result: Record<string, unknown>, keys: unknown): void {
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw badRequest("$retainKeys: must be a list of keys");
  const kept = new Set<unknown>(keys);
  for (const key of Object.keys(result)) if (!kept.has(key)) delete result[key];
}

function direct(result: Record<string, unknown>, key: string, value: unknown): void {
  const [directive, field = ""] = key.split("/", 2);
  // The order of the lists above means nothing, and what must stay was seen to already.
  if (directive === "$setElementOrder" || directive === "$retainKeys") return;
  if (directive !== "$deleteFromPrimitiveList" || !Array.isArray(value))
    throw badRequest(`${key}: is no directive of a strategic merge patch`);
  const old = Object.hasOwn(result, field) ? result[field] : undefined;
  const gone = new Set<unknown>(value);
  if (Array.isArray(old))
    setOwn(
      result,
      field,
      (old as readonly unknown[]).filter((item) => !gone.has(item)),
    );
}

function withoutDirectives(patch: Json): Json {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith("$")));
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
