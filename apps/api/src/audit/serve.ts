import type { ServerResponse } from "node:http";
import { badRequest } from "@percale/resources";
import { requireAllowed } from "../auth/authorize.ts";
import type { Identity } from "../auth/identity.ts";
import { sendJson } from "../rest/respond.ts";
import type { Audit } from "./audit.ts";

/** Where events are read. */
export const AUDIT_PATH = "/audit/v1/events";
const MAX_EVENTS = 500;

/** `?limit=&continue=`: the newest first, as an `audit.k8s.io/v1` EventList. For those who may list `auditevents` of `access.percale.io`. */
export async function serveAudit(
  response: ServerResponse,
  { query, identity, audit }: { readonly query: URLSearchParams; readonly identity: Identity; readonly audit: Audit },
): Promise<void> {
  requireAllowed(identity, { verb: "list", group: "access.percale.io", resource: "auditevents" });
  const limit = Number(query.get("limit") ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_EVENTS)
    throw badRequest(`limit: must be 1..${MAX_EVENTS}, got ${JSON.stringify(query.get("limit"))}`);
  const before = query.get("continue") ?? "";
  if (!/^(\d{1,15}\.\d{1,9})?$/.test(before)) throw badRequest("continue: is not a token of this server");
  const { events, next } = await audit.list({ limit, ...(before !== "" && { before }) });
  const metadata = JSON.stringify(next === undefined ? {} : { continue: next });
  sendJson(
    response,
    200,
    `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":${metadata},"items":[${events.join(",")}]}`,
  );
}
