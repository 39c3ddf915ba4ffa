import { badRequest } from "@percale/resources";
import { setOwn } from "./budget.ts";

/**
 * Kubernetes' strategic merge patch, as kubectl sends it for Kubernetes' own kinds: a merge patch in which lists with a merge
 * strategy are merged and `$…` keys direct. Of the kinds held here only these lists have one.
 */
const MERGED: Readonly<Record<string, "values" | { readonly key: string }>> = {
  finalizers: "values",
  ownerReferences: { key: "uid" },
};

type Json = Readonly<Record<string, unknown>>;

/** Throws StatusError 400 for a directive that is not understood. */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  if (patch["$patch"] === "replace") return withoutDirectives(patch);
  if (patch["$patch"] !== undefined)
    throw badRequest(`$patch: must be replace here, got ${JSON.stringify(patch["$patch"])}`);
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  retain(result, patch["$retainKeys"]);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) direct(result, key, value);
    else if (value === null) delete result[key];
    else setOwn(result, key, merged(Object.hasOwn(result, key) ? result[key] : undefined, value, key));
  }
  return result;
}

function merged(old: unknown, value: unknown, key: string): unknown {
  const strategy = Object.hasOwn(MERGED, key) ? MERGED[key] : undefined;
  if (!Array.isArray(value) || strategy === undefined) return strategicMergePatch(old, value);
  const before: readonly unknown[] = Array.isArray(old) ? old : [];
  return strategy === "values" ? [...new Set([...before, ...value])] : mergedByKey(before, value, strategy.key);
}

function mergedByKey(before: readonly unknown[], items: readonly unknown[], key: string): unknown[] {
  const keyOf = (item: unknown): unknown => (isRecord(item) ? item[key] : undefined);
  const byKey = new Map(before.map((item) => [keyOf(item), item]));
  for (const item of items) {
    if (isRecord(item) && item["$patch"] === "delete") byKey.delete(keyOf(item));
    else byKey.set(keyOf(item), strategicMergePatch(byKey.get(keyOf(item)), item));
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
