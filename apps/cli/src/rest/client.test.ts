import { expect, test } from "vitest";
import { messageOf, parseWarning } from "./client.ts";

test.each([
  ["a Status", { kind: "Status", message: "no such tier", reason: "NotFound" }, "no such tier"],
  ["a tRPC error", { error: { message: "no such endpoint", code: -32_600 } }, "no such endpoint"],
  ["a proxy's page", "<html>", "HTTP 502: <html>"],
  ["nothing", "", "HTTP 502"],
])("a refusal in %s is told in the server's own words", (_, body, words) => {
  expect(messageOf({ status: 502, body })).toBe(words);
});

test("a fault of the server is told with the request to search its log for, a refusal without", () => {
  const body = { message: "the server failed", reason: "InternalError" };
  expect(messageOf({ status: 500, body, requestId: "7f3c" })).toBe("the server failed (request 7f3c)");
  expect(messageOf({ status: 403, body, requestId: "7f3c" })).toBe("the server failed");
});

test("a warning is the text in its quotes", () => {
  expect(parseWarning(String.raw`299 - "unknown field \"spec.x\""`)).toBe('unknown field "spec.x"');
  expect(parseWarning("not a warning")).toBe("not a warning");
});
