import { badRequest, invalid } from "@percale/resources";
import type { FieldReason } from "@percale/resources";
import { parseRevision } from "./selectors.ts";

/** Which moment a list or a watch is of, and how much of it. */
export interface ListOptions {
  /** Absent: the newest; 0: whatever is at hand. */
  readonly revision?: number;
  readonly match?: "Exact" | "NotOlderThan";
  /** 0: all. */
  readonly limit: number;
  readonly token?: Continue;
  readonly sendInitialEvents: boolean | undefined;
}

/** Where a paged list goes on: the revision of its first page and the last key it gave. */
export interface Continue {
  /** Absent: of the newest state, as the first page's is gone. The list as a whole is then of no one moment. */
  readonly revision?: number;
  readonly after: string;
}

/** Kubernetes' rules of which go together (`ValidateListOptions`). Throws StatusError 400 and 422. */
export function parseListOptions(query: URLSearchParams, verb: "list" | "watch"): ListOptions {
  const revision = parseRevision(query.get("resourceVersion"));
  const match = query.get("resourceVersionMatch") || undefined;
  const token = parseContinue(query.get("continue"));
  const sendInitialEvents = parseFlag(query.get("sendInitialEvents"));
  const limit = parseLimit(query.get("limit"));
  if (token !== undefined && (revision ?? 0) !== 0)
    throw badRequest("resourceVersion: must not be given together with continue");
  if (sendInitialEvents !== undefined && verb === "list")
    throw refused("sendInitialEvents", "FieldValueForbidden", "is forbidden for list: it is for watches");
  if (sendInitialEvents !== undefined && match !== "NotOlderThan")
    throw refused(
      "resourceVersionMatch",
      "FieldValueForbidden",
      "sendInitialEvents needs resourceVersionMatch=NotOlderThan",
    );
  if (match === undefined)
    return { ...(revision !== undefined && { revision }), limit, ...(token && { token }), sendInitialEvents };
  if (match !== "Exact" && match !== "NotOlderThan")
    throw refused(
      "resourceVersionMatch",
      "FieldValueNotSupported",
      `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    );
  if (verb === "watch" && sendInitialEvents === undefined)
    throw refused(
      "resourceVersionMatch",
      "FieldValueForbidden",
      "is forbidden for watch unless sendInitialEvents is provided",
    );
  if (revision === undefined && sendInitialEvents === undefined)
    throw refused("resourceVersionMatch", "FieldValueForbidden", "needs resourceVersion: say which one");
  if (match === "Exact" && revision === 0)
    throw refused("resourceVersionMatch", "FieldValueForbidden", 'Exact is not allowed with resourceVersion "0"');
  if (token !== undefined)
    throw refused(
      "resourceVersionMatch",
      "FieldValueForbidden",
      "is forbidden for continue: the token says of which moment it is",
    );
  return { ...(revision !== undefined && { revision }), match, limit, sendInitialEvents };
}

function refused(field: string, reason: FieldReason, message: string): Error {
  return invalid("ListOptions", "", [{ field, reason, message }]);
}

export function formatContinue({ revision = -1, after }: Continue): string {
  return Buffer.from(JSON.stringify([revision, after])).toString("base64url");
}

function parseContinue(text: string | null): Continue | undefined {
  if (text === null || text === "") return undefined;
  try {
    const [revision, after] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as [unknown, unknown];
    if (typeof revision === "number" && Number.isSafeInteger(revision) && typeof after === "string")
      return revision < 0 ? { after } : { revision, after };
  } catch {
    // falls through to the same answer as a well-formed token of somebody else's
  }
  throw badRequest("continue: is not a token of this server: list again from the start");
}

function parseLimit(text: string | null): number {
  if (text === null || text === "") return 0;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw badRequest(`limit: must be a number ≥ 0, got ${JSON.stringify(text)}`);
  return limit;
}

function parseFlag(text: string | null): boolean | undefined {
  return text === null || text === "" ? undefined : text === "true" || text === "1";
}
