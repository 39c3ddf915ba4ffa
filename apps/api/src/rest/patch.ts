import { StatusError, badRequest } from "@percale/resources";
import { applyPatch } from "rfc6902";
import { parseJson } from "./body.ts";

const MAX_OPERATIONS = 10_000;
export const JSON_PATCH = "application/json-patch+json";
export const MERGE_PATCH = "application/merge-patch+json";

const PROTOTYPE_WORDS = "__proto__, constructor or prototype";
/** rfc6902 steps over these words and would write one level too high. */
const PROTOTYPE_PATH = /\/(__proto__|constructor|prototype)(\/|$)/;

/** The object after the patch; the input stays as it is. Throws StatusError 400, 415 or 422. */
export function patchObject(object: unknown, text: string, type: string): unknown {
  switch (type) {
    case JSON_PATCH:
      return jsonPatch(object, parseJson(text));
    case MERGE_PATCH:
      return mergePatch(object, parseJson(text));
    case "application/strategic-merge-patch+json":
      throw unsupported(`${type} needs patch keys that this group's kinds do not declare`);
    case "application/apply-patch+yaml":
      throw unsupported("server-side apply is not served yet: use kubectl apply without --server-side");
    default:
      throw unsupported(`${type} is no patch type`);
  }
}

function unsupported(why: string): StatusError {
  return new StatusError("UnsupportedMediaType", `${why}; send ${MERGE_PATCH} or ${JSON_PATCH}`);
}

function jsonPatch(object: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw badRequest("a JSON patch must be a list of operations");
  if (operations.length > MAX_OPERATIONS)
    throw badRequest(`a JSON patch may hold ${MAX_OPERATIONS} operations, got ${operations.length}`);
  const trapped = operations.find((one) => pathsOf(one).some((path) => PROTOTYPE_PATH.test(path)));
  if (trapped !== undefined)
    throw new StatusError("Invalid", `a JSON patch can't name ${PROTOTYPE_WORDS}: send ${MERGE_PATCH} instead`);
  const result = structuredClone(object);
  let failures: readonly (Error | null)[];
  try {
    failures = applyPatch(result, operations);
  } catch (error) {
    throw badRequest(`the JSON patch is not valid: ${(error as Error).message}`);
  }
  const index = failures.findIndex((failure) => failure !== null);
  if (index < 0) return result;
  const operation = operations[index] as { op?: string; path?: string };
  throw new StatusError(
    "Invalid",
    `the JSON patch does not apply: operation ${index} (${operation.op} ${operation.path}): ${failures[index]!.message || failures[index]!.name}`,
  );
}

function pathsOf(operation: unknown): string[] {
  if (!isRecord(operation)) return [];
  return [operation["path"], operation["from"]].filter((path) => typeof path === "string");
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
