import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { call, messageOf, parseWarning, send } from "./client.ts";

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

test("an answer is read as JSON, else as the text that it is; every request is told to whoever listens", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/behind/json") response.setHeader("warning", '299 - "mind"').end('{"a":1}');
    else response.writeHead(503).end("<html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const told: string[] = [];
  const none = { ca: undefined, token: undefined, cert: undefined, key: undefined };
  const access = { ...none, server: `http://127.0.0.1:${port}/behind//`, onAnswer: (line: string) => told.push(line) };
  try {
    expect(await send(access, "GET", "/json")).toEqual({ status: 200, body: { a: 1 }, warnings: ["mind"] });
    await expect(call(access, "GET", "/page")).rejects.toThrow("HTTP 503: <html>");
    expect(told.map((line) => line.replace(/\d+ ms/, "N ms"))).toEqual([
      "GET /json 200 in N ms",
      "GET /page 503 in N ms",
    ]);
    await expect(send({ ...none, server: "127.0.0.1" }, "GET", "/")).rejects.toThrow(
      "the server must be an address such as",
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
