import { API_GROUP, StatusError, tooLarge } from "@percale/resources";
import { MAX_BODY_BYTES, parseJson } from "./body.ts";
import { setOwn } from "./budget.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { strategicMergePatch } from "./strategic-patch.ts";

export const JSON_PATCH = "application/json-patch+json";
export const MERGE_PATCH = "application/merge-patch+json";
/** Server-side apply: no patch of what is stored, but a wish (`admission/prepare.ts`). */
export const APPLY_PATCH = "application/apply-patch+yaml";

/** The object after the patch; the input stays as it is. Throws StatusError 400, 413, 415 or 422. */
export function patchObject(object: unknown, text: string, type: string, group = API_GROUP): unknown {
  const result = applierOf(type, group)(object, parseJson(text));
  // Patch after patch would grow an object past what any one request may bring.
  if (JSON.stringify(result).length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  return result;
}

/** Throws 415 for what is no patch, or none that we serve, with what to send instead. */
export function refuseUnserved(type: string, group: string): void {
  if (type !== APPLY_PATCH) applierOf(type, group);
}

/** kubectl patches Kubernetes' own kinds strategically, whatever OpenAPI says of them. */
function applierOf(type: string, group: string): (object: unknown, patch: unknown) => unknown {
  switch (type) {
    case JSON_PATCH:
      return applyJsonPatch;
    case MERGE_PATCH:
      return mergePatch;
    case "application/strategic-merge-patch+json":
      if (group !== API_GROUP) return strategicMergePatch;
      throw unsupported(`${type} needs patch keys that this group's kinds do not declare`);
    default:
      throw unsupported(`${type} is no patch type`);
  }
}

function unsupported(why: string): StatusError {
  return new StatusError("UnsupportedMediaType", `${why}; send ${MERGE_PATCH}, ${JSON_PATCH} or ${APPLY_PATCH}`);
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    // A label may be called "constructor": only what is the object's own counts.
    else setOwn(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
