import { API_GROUP, StatusError, tooLarge } from "@percale/resources";
import type { ResourceDefinition } from "@percale/resources";
import { MAX_BODY_BYTES, parseJson } from "./body.ts";
import { setOwn } from "./budget.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { strategicMergePatch } from "./strategic-patch.ts";

export const JSON_PATCH = "application/json-patch+json";
export const MERGE_PATCH = "application/merge-patch+json";
export const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
/** Server-side apply: no patch of what is stored, but a wish (`admission/prepare.ts`). */
export const APPLY_PATCH = "application/apply-patch+yaml";

/** As much of a kind's definition as patches ask for. */
export type PatchedKind = Pick<ResourceDefinition, "group" | "openApi">;
const OURS: PatchedKind = { group: API_GROUP, openApi: () => ({}) };

/** The object after the patch; the input stays as it is. Throws StatusError 400, 413, 415 or 422. */
export function patchObject(object: unknown, text: string, type: string, of: PatchedKind = OURS): unknown {
  const result = applierOf(type, of)(object, parseJson(text));
  // Patch after patch would grow an object past what any one request may bring.
  const length = result === undefined ? 0 : JSON.stringify(result).length; // a patch may leave nothing
  if (length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  return result;
}

/** Throws 415 for what is no patch, or none that we serve, with what to send instead. */
export function refuseUnserved(type: string, of: PatchedKind): void {
  if (type !== APPLY_PATCH) applierOf(type, of);
}

/** Kubernetes' own kinds, whose schemas say how lists merge; as for its custom resources, nobody else's are patched so. */
export function isStrategic({ group }: Pick<PatchedKind, "group">): boolean {
  return group === "" || (group.endsWith(".k8s.io") && group !== "policy.networking.k8s.io");
}

/** kubectl patches Kubernetes' own kinds strategically, whatever OpenAPI says of them. */
function applierOf(type: string, of: PatchedKind): (object: unknown, patch: unknown) => unknown {
  switch (type) {
    case JSON_PATCH:
      return applyJsonPatch;
    case MERGE_PATCH:
      return mergePatch;
    case STRATEGIC_PATCH:
      if (isStrategic(of)) return (object, patch) => strategicMergePatch(object, patch, of.openApi());
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
