import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/**
 * The name of what somebody asked for, from whoever asked first to the last log line that it causes. It goes along with the work
 * (also across awaits, queues of promises and timers), so that no function in between has to hand it on.
 *
 *   kubelet ◄─ CNI error ─ agent ── Audit-ID ─► API ─► change set
 *                           └ log                └ log
 */
const requests = new AsyncLocalStorage<string | undefined>();

/** Kubernetes' name for it, in requests and in answers. Source: kubernetes `staging/src/k8s.io/apiserver/pkg/endpoints/filters/audit_init.go`. */
export const REQUEST_ID_HEADER = "audit-id";

/** What others may call a request: it goes into logs and the database, and people paste it into commands, where a dash in front is an option. */
const WELL_FORMED = /^[A-Za-z0-9][\w.-]{7,63}$/;

/** Runs `work`, and all that it starts, in the name of that request. */
export function withRequestId<T>(id: string, work: () => T): T {
  return requests.run(id, work);
}

/** For what outlives the request that happened to start it. */
export function outsideRequests<T>(work: () => T): T {
  return requests.run(undefined, work);
}

/** undefined outside any request. */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}

export function newRequestId(): string {
  return randomUUID();
}

/** The id that a caller gave its request, if it is well-formed; else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = [headers[REQUEST_ID_HEADER], headers["x-request-id"]];
  return given.find((id): id is string => typeof id === "string" && WELL_FORMED.test(id)) ?? newRequestId();
}
