import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { REQUEST_ID_HEADER, withRequestId } from "@percale/daemon";
import { openTestApi } from "../testdata/api.ts";
import type { TestApi } from "../testdata/api.ts";
import { object } from "../testdata/objects.ts";
import { testCaFile } from "../testdata/test-server.ts";
import { MAX_REFUSAL_BYTES } from "./body.ts";
import { ApiClient, ApiError, ApiUnreachable } from "./client.ts";

let api: TestApi;
beforeEach(async () => {
  api = await openTestApi();
});
afterEach(() => api.close());

test("what was written is read, listed, and gone once deleted", async () => {
  const { client, server } = api;
  const set = { ...object("NetworkSet", "a", { nets: ["10.0.0.0/8"] }), metadata: { name: "a", namespace: "shop" } };
  const result = await client.apply({ changes: [{ op: "create", object: set }] });
  expect(result).toEqual({
    resourceVersion: String(server.revision),
    objects: [server.objects.get("NetworkSet/shop/a")],
  });
  expect(await client.get("networksets", "a", "shop")).toEqual(result.objects[0]);
  expect(await client.list("networksets")).toEqual(result.objects);
  await client.apply({ changes: [{ op: "delete", ref: { kind: "NetworkSet", namespace: "shop", name: "a" } }] });
  expect([await client.get("networksets", "a", "shop"), await client.list("networksets")]).toEqual([undefined, []]);
});

test.each([
  [409, "Conflict", true],
  [404, "NotFound", true],
  [422, "Invalid", false],
  [503, "ServiceUnavailable", false],
])("the refusal %i is told with its reason; it is a race: %j %j", async (code, reason, isConflict) => {
  api.server.refusal = { code, reason };
  const error: unknown = await api.client.apply({ changes: [] }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw error;
  expect([error.code, error.reason, error.isConflict]).toEqual([code, reason, isConflict]);
  expect(error.message).toMatch(/^POST \/changesets\/v1: refused by the test \(request \S+\)$/);
});

test("a server that is not there is away, whoever asks", async () => {
  await api.server.close();
  await expect(api.client.get("nodes", "n1")).rejects.toThrow(ApiUnreachable);
  await expect(api.client.list("nodes")).rejects.toThrow(/^GET \/apis\/projectcalico\.org\/v3\/nodes: /);
});

test("a server with somebody else's certificate is a fault, which waiting does not mend", async () => {
  const { socketPath, tokenFile } = api;
  const stranger = await ApiClient.open({ url: "https://localhost", socketPath, tokenFile });
  const error: unknown = await stranger.list("nodes").catch((thrown: unknown) => thrown);
  stranger.close();
  expect([error instanceof ApiUnreachable, error instanceof ApiError, error instanceof Error]).toEqual([
    false,
    false,
    true,
  ]);
});

/** A server that writes down what it is asked and answers with one text, to which there is no end if it `goesOn`. */
async function answering(
  code: number,
  text: string,
  ask: (client: ApiClient) => Promise<unknown>,
  { goesOn = false, ...options }: { readonly goesOn?: boolean; readonly maxAnswerMB?: number } = {},
) {
  const asked: Pick<IncomingMessage, "method" | "url" | "headers">[] = [];
  const tls = { key: readFileSync(join(testCaFile, "../tls.key")), cert: readFileSync(testCaFile) };
  const server = createServer(tls, ({ method, url, headers }, response) => {
    asked.push({ method, url, headers });
    response.writeHead(code);
    if (goesOn) response.write(text);
    else response.end(text);
  });
  const socketPath = `${api.socketPath}.other`;
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const client = await ApiClient.open({
    url: "https://localhost",
    socketPath,
    caFile: testCaFile,
    tokenFile: api.tokenFile,
    ...options,
  });
  try {
    return { answer: await ask(client).catch((thrown: unknown) => thrown), asked };
  } finally {
    client.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a request brings the token of the moment and the id of what it is for", async () => {
  writeFileSync(api.tokenFile, " rotated\n");
  const { asked, answer } = await answering(200, "", (client) =>
    withRequestId("r-7", () => client.apply({ changes: [], reason: "é" })),
  );
  expect(answer).toEqual({});
  expect(asked).toMatchObject([
    {
      method: "POST",
      url: "/changesets/v1",
      headers: {
        authorization: "Bearer rotated",
        accept: "application/json",
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength('{"changes":[],"reason":"é"}')),
        [REQUEST_ID_HEADER]: "r-7",
      },
    },
  ]);
});

test("names are escaped, and Kubernetes' own kinds stand in its core group", async () => {
  const { asked } = await answering(404, "{}", async (client) => {
    await client.get("namespaces", "a/b");
    await client.get("nodes", "n 1");
  });
  expect(asked.map(({ url }) => url)).toEqual(["/api/v1/namespaces/a%2Fb", "/apis/projectcalico.org/v3/nodes/n%201"]);
});

test.each([
  [502, "<html>bad gateway</html>", "Unknown", "GET /apis/projectcalico.org/v3/nodes: 502 <html>bad gateway</html>"],
  [500, '{"a":1}', "Unknown", 'GET /apis/projectcalico.org/v3/nodes: {"a":1}'],
  [500, '{"message":5}', "Unknown", "GET /apis/projectcalico.org/v3/nodes: 5"],
  [500, "null", "Unknown", "GET /apis/projectcalico.org/v3/nodes: null"],
  [
    502,
    `${"x".repeat(198)}😀x`,
    "Unknown",
    `GET /apis/projectcalico.org/v3/nodes: 502 ${"x".repeat(198)}…`, // in whole characters
  ],
  [200, "half", "Unknown", "GET /apis/projectcalico.org/v3/nodes: 200 half"],
])("an answer %i of %j that is not our server's is told as it is", async (code, text, reason, message) => {
  const { answer } = await answering(code, text, (client) => withRequestId("r", () => client.list("nodes")));
  expect(answer).toMatchObject({ name: "ApiError", code, reason, message });
});

test("of a refusal without end the beginning is told", async () => {
  const { answer } = await answering(
    502,
    "x".repeat(MAX_REFUSAL_BYTES + 1),
    (client) => withRequestId("r", () => client.list("nodes")),
    { goesOn: true },
  );
  expect(answer).toMatchObject({
    code: 502,
    message: `GET /apis/projectcalico.org/v3/nodes: 502 ${"x".repeat(199)}…`,
  });
});

test("an answer without end is a fault that says how much is read of it", async () => {
  const megabyte = JSON.stringify({ spec: "x".repeat(1024 * 1024 - 11) });
  const ask = (text: string, { goesOn = false } = {}) =>
    answering(200, text, (client) => withRequestId("r", () => client.get("nodes", "n1")), { goesOn, maxAnswerMB: 1 });
  expect((await ask(megabyte)).answer).toEqual(JSON.parse(megabyte));
  expect((await ask(`${megabyte} `, { goesOn: true })).answer).toEqual(
    new Error(
      "GET /apis/projectcalico.org/v3/nodes/n1: the answer has over 1 MB, more than any of our API server: see what answers at its address",
    ),
  );
});
