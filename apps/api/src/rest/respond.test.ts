import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { badRequest, serviceUnavailable, unauthorized } from "@percale/resources";
import { expect, onTestFinished, test } from "vitest";
import { sendError, sendParts, setWarnings } from "./respond.ts";

/** What a client gets of an answer; a torn one is none. */
async function answerOf(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // TCP, so never a path
  const response = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: "close" } });
  return { code: response.status, headers: response.headers, text: await response.text() };
}

test.each<[what: string, error: unknown, code: number, headers: object, status: object]>([
  ["ours", badRequest("no"), 400, {}, { reason: "BadRequest", message: "no" }],
  ["one that passes", serviceUnavailable("later", 5), 503, { "retry-after": "5" }, { reason: "ServiceUnavailable" }],
  [
    "nobody known",
    unauthorized("who"),
    401,
    { "www-authenticate": 'Bearer realm="percale"' },
    { reason: "Unauthorized" },
  ],
  [
    "a fault of the server's",
    new TypeError("secret"),
    500,
    {},
    { reason: "InternalError", message: "Internal error occurred: the server failed on this request: see its log" },
  ],
])("a refusal that is %s is a Status with its code", async (_, error, code, headers, status) => {
  const answer = await answerOf((response) => void sendError(response, error));
  const told = ["retry-after", "www-authenticate"].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  expect([answer.code, Object.fromEntries(told)]).toEqual([code, headers]);
  expect(JSON.parse(answer.text)).toMatchObject({ kind: "Status", code, ...status });
});

test("half an answer is not taken back for a Status: it is torn", async () => {
  const answer = answerOf((response) => {
    response.writeHead(200, { "content-length": 100 }).write("half");
    sendError(response, badRequest("no"));
  });
  await expect(answer).rejects.toThrow(/^(terminated|fetch failed)$/);
});

test.each([[["{}"]], [['{"a":', '"é"', "}"]]])("the parts %j are one body, of a known length", async (parts) => {
  const { code, headers, text } = await answerOf((response) => sendParts(response, 201, parts));
  const length = String(Buffer.byteLength(parts.join("")));
  expect([
    code,
    text,
    headers.get("content-type"),
    headers.get("content-length"),
    headers.get("cache-control"),
  ]).toEqual([201, parts.join(""), "application/json", length, "no-cache, private"]);
});

test("warnings are headers that hold any text, fifty at most", async () => {
  const warned = async (...texts: readonly string[]) => {
    const { headers } = await answerOf((response) => {
      setWarnings(response, texts);
      response.end();
    });
    return headers.get("warning");
  };
  expect(await warned()).toBeNull();
  expect(await warned("a", 'a "b\\" é\n')).toBe(String.raw`299 - "a", 299 - "a \"b\\\" ??"`);
  expect((await warned(...Array.from({ length: 60 }, () => "x")))?.split(", ")).toHaveLength(50);
  const long = (await warned(...Array.from({ length: 60 }, () => '"'.repeat(100_000)))) ?? "";
  expect([long.slice(0, 9), long.length < 8_500]).toEqual([String.raw`299 - "\"`, true]); // clients bear 16,000
});
