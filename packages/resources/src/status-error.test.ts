import { expect, test } from "vitest";
import {
  StatusError,
  alreadyExists,
  badRequest,
  conflict,
  expired,
  forbidden,
  internalError,
  invalid,
  methodNotAllowed,
  notFound,
  pluralOf,
  serviceUnavailable,
  timeout,
  tooLarge,
  tooManyRequests,
  unauthorized,
} from "./index.ts";

const ref = { kind: "IPPool", name: "p" };
const details = { name: "p", group: "projectcalico.org", kind: "ippools" };
const fault = { field: "spec.a", reason: "FieldValueInvalid", message: "must be b" } as const;

test.each([
  [notFound(ref), 404, "NotFound", 'ippools.projectcalico.org "p" not found', details],
  [alreadyExists(ref), 409, "AlreadyExists", 'ippools.projectcalico.org "p" already exists', details],
  [
    conflict(ref),
    409,
    "Conflict",
    'Operation cannot be fulfilled on ippools.projectcalico.org "p": the object has been modified; please apply your changes to the latest version and try again',
    details,
  ],
  [forbidden(ref, "no"), 403, "Forbidden", 'ippools.projectcalico.org "p" is forbidden: no', details],
  [
    forbidden({ ...ref, name: "" }, "no"),
    403,
    "Forbidden",
    "ippools.projectcalico.org is forbidden: no",
    { ...details, name: "" },
  ],
  [
    invalid("IPPool", "p", [fault, fault]),
    422,
    "Invalid",
    'IPPool.projectcalico.org "p" is invalid: [spec.a: must be b, spec.a: must be b]',
    { name: "p", group: "projectcalico.org", kind: "IPPool", causes: [fault, fault] },
  ],
  [badRequest("bad"), 400, "BadRequest", "bad", undefined],
  [unauthorized(), 401, "Unauthorized", "Unauthorized", undefined],
  [expired("old"), 410, "Expired", "old", undefined],
  [tooLarge(3_145_728), 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728", undefined],
  [tooManyRequests("slow down"), 429, "TooManyRequests", "slow down", { retryAfterSeconds: 1 }],
  [internalError("x"), 500, "InternalError", "Internal error occurred: x", undefined],
  [serviceUnavailable("store down", 5), 503, "ServiceUnavailable", "store down", { retryAfterSeconds: 5 }],
  [timeout("late"), 504, "Timeout", "late", { retryAfterSeconds: 1 }],
  [
    methodNotAllowed("ClusterInformation", "delete"),
    405,
    "MethodNotAllowed",
    'delete is not supported on resources of kind "clusterinformations.projectcalico.org"',
    { group: "projectcalico.org", kind: "clusterinformations" },
  ],
])("%s", (error, code, reason, message, expected) => {
  expect(error.toStatus()).toEqual({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(expected !== undefined && { details: expected }),
    code,
  });
  expect(StatusError.fromStatus(error.toStatus()).toStatus()).toEqual(error.toStatus());
});

test.each([
  ["NetworkPolicy", "networkpolicies"],
  ["CalicoNodeStatus", "caliconodestatuses"],
  ["HostEndpoint", "hostendpoints"],
])("%s is one of %s", (kind, plural) => {
  expect(pluralOf(kind)).toBe(plural);
});
