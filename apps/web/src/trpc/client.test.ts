import { invalid, StatusError } from "@percale/resources";
import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { failureOf } from "./client.ts";

/** As the API answers. */
const answered = (error: StatusError, code: string, requestId?: string): unknown =>
  TRPCClientError.from({
    error: { message: error.message, code: -32_000, data: { code, status: error.toStatus(requestId) } },
  } as never);

test("a failure carries fields at fault and the request, so that a person can point at it", () => {
  const error = invalid("Tier", "t", [{ reason: "FieldValueInvalid", field: "spec.order", message: "no number" }]);
  expect(failureOf(answered(error, "UNPROCESSABLE_CONTENT", "7f3c0000-1"))).toEqual({
    kind: "invalid",
    message: error.message,
    causes: [{ field: "spec.order", message: "no number" }],
    requestId: "7f3c0000-1",
  });
});

test.each([
  ["SERVICE_UNAVAILABLE", "ServiceUnavailable", "unavailable"],
  ["GATEWAY_TIMEOUT", "Timeout", "unavailable"],
  ["TOO_MANY_REQUESTS", "TooManyRequests", "unavailable"],
  ["UNAUTHORIZED", "Unauthorized", "signedOut"],
  ["INTERNAL_SERVER_ERROR", "InternalError", "error"],
] as const)("what the API answers with %s is one kind of failure", (code, reason, kind) => {
  expect(failureOf(answered(new StatusError(reason, ""), code)).kind).toBe(kind);
});
