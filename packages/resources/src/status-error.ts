import { formatIssue } from "./issue.ts";
import type { FieldIssue } from "./issue.ts";
import { groupVersionOf, servedKindOf } from "./object.ts";
import type { ObjectRef } from "./object.ts";
import { STATUS_REASONS } from "./status-reasons.ts";
import type { StatusReason } from "./status-reasons.ts";

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The plural, except in `Invalid`, where Kubernetes puts the Kind. */
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  /** Not Kubernetes': where the server's log and history say more. Clients leave aside what they do not know in here. */
  readonly requestId?: string;
}

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** Of a list that broke off: a token to go on with. */
export interface StatusMetadata {
  readonly continue?: string;
}

/** A Kubernetes `Status` of kind Failure, as it goes over the wire. */
export interface KubeStatus {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: StatusMetadata;
  readonly status: "Failure";
  readonly message: string;
  readonly reason: StatusReason;
  readonly details?: StatusDetails & { readonly causes?: readonly StatusCause[] };
  readonly code: number;
}

interface StatusErrorInit {
  readonly details?: StatusDetails;
  readonly causes?: readonly StatusCause[];
  readonly metadata?: StatusMetadata;
  readonly cause?: unknown;
}

/** The one error family of the API. HTTP, tRPC and exit codes are mapped from `reason` at the edge. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly reason: StatusReason;
  readonly code: number;
  readonly details: StatusDetails;
  readonly causes: readonly StatusCause[];
  readonly metadata: StatusMetadata;

  constructor(
    reason: StatusReason,
    message: string,
    { details = {}, causes = [], metadata = {}, cause }: StatusErrorInit = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.code = STATUS_REASONS[reason].http;
    this.details = details;
    this.causes = causes;
    this.metadata = metadata;
  }

  /** `requestId`: of the request that it answers. */
  toStatus(requestId?: string): KubeStatus {
    const details = {
      ...this.details,
      ...(requestId !== undefined && { requestId }),
      ...(this.causes.length > 0 && { causes: this.causes }),
    };
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: this.metadata,
      status: "Failure",
      message: this.message,
      reason: this.reason,
      ...(Object.keys(details).length > 0 && { details }),
      code: this.code,
    };
  }

  /** The error a Status stands for; unknown reasons become InternalError. */
  static fromStatus({ reason, message, details }: KubeStatus): StatusError {
    const { causes, ...rest } = details ?? {};
    return new StatusError(reason in STATUS_REASONS ? reason : "InternalError", message, {
      details: rest,
      ...(causes !== undefined && { causes }),
    });
  }
}

export function notFound(ref: ObjectRef): StatusError {
  return new StatusError("NotFound", `${quoted(ref)} not found`, { details: detailsOf(ref) });
}

export function alreadyExists(ref: ObjectRef): StatusError {
  return new StatusError("AlreadyExists", `${quoted(ref)} already exists`, { details: detailsOf(ref) });
}

export function conflict(
  ref: ObjectRef,
  why = "the object has been modified; please apply your changes to the latest version and try again",
): StatusError {
  return new StatusError("Conflict", `Operation cannot be fulfilled on ${quoted(ref)}: ${why}`, {
    details: detailsOf(ref),
  });
}

export function forbidden(ref: ObjectRef, why: string): StatusError {
  return new StatusError("Forbidden", `${quoted(ref)} is forbidden: ${why}`, { details: detailsOf(ref) });
}

export function invalid(kind: string, name: string, issues: readonly FieldIssue[]): StatusError {
  const parts = issues.map(formatIssue);
  const list = parts.length === 1 ? parts[0]! : `[${parts.join(", ")}]`;
  const { group } = groupVersionOf(kind);
  const served = servedKindOf(kind);
  return new StatusError("Invalid", `${qualified(served, kind)} "${name}" is invalid: ${list}`, {
    details: { name, group, kind: served },
    causes: issues,
  });
}

export function badRequest(message: string, issues: readonly FieldIssue[] = []): StatusError {
  return new StatusError("BadRequest", message, { causes: issues });
}

export function expired(message = "too old resource version: list again and watch from there"): StatusError {
  return new StatusError("Expired", message);
}

/** `verb` as Kubernetes names it: create, update, patch, delete. */
export function methodNotAllowed(kind: string, verb: string): StatusError {
  const plural = pluralOf(servedKindOf(kind));
  const message = `${verb} is not supported on resources of kind "${qualified(plural, kind)}"`;
  return new StatusError("MethodNotAllowed", message, { details: { group: groupVersionOf(kind).group, kind: plural } });
}

export function tooLarge(limitBytes: number): StatusError {
  return new StatusError("RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`);
}

export function unauthorized(message = "Unauthorized"): StatusError {
  return new StatusError("Unauthorized", message);
}

export function tooManyRequests(message: string, retryAfterSeconds = 1): StatusError {
  return new StatusError("TooManyRequests", message, { details: { retryAfterSeconds } });
}

export function serviceUnavailable(message: string, retryAfterSeconds = 1, cause?: unknown): StatusError {
  return new StatusError("ServiceUnavailable", message, { details: { retryAfterSeconds }, cause });
}

/** Also for a resourceVersion that the store has not reached: the cause says so, and clients retry. */
export function timeout(message: string, causes: readonly StatusCause[] = []): StatusError {
  return new StatusError("Timeout", message, { details: { retryAfterSeconds: 1 }, causes });
}

export function internalError(message: string, cause?: unknown): StatusError {
  return new StatusError("InternalError", `Internal error occurred: ${message}`, { cause });
}

/** The lower-case plural of any of our kinds: `NetworkPolicy` → `networkpolicies`, `CalicoNodeStatus` → `caliconodestatuses`. */
export function pluralOf(kind: string): string {
  return kind.toLowerCase().replace(/y$/, "ie").replace(/s$/, "se").concat("s");
}

function quoted({ kind, name }: ObjectRef): string {
  const what = qualified(pluralOf(servedKindOf(kind)), kind);
  return name === "" ? what : `${what} "${name}"`; // a whole collection has none
}

/** `networkpolicies.projectcalico.org`, but `namespaces` alone: the core group has no name. */
function qualified(word: string, kind: string): string {
  const { group } = groupVersionOf(kind);
  return group === "" ? word : `${word}.${group}`;
}

function detailsOf({ kind, name }: ObjectRef): StatusDetails {
  return { name, group: groupVersionOf(kind).group, kind: pluralOf(servedKindOf(kind)) };
}
