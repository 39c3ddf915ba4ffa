import { expect, test } from "vitest";
import { messageOf } from "./client.ts";

test.each([
  ["a Status", { kind: "Status", message: "no such tier", reason: "NotFound" }, "no such tier"],
  ["a tRPC error", { error: { message: "no such endpoint", code: -32_600 } }, "no such endpoint"],
  ["a proxy's page", "<html>", "HTTP 502: <html>"],
  ["nothing", "", "HTTP 502"],
])("a refusal in %s is told in the server's own words", (_, body, words) => {
  expect(messageOf({ status: 502, body })).toBe(words);
});
