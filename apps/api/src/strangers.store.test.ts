import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import { WebSocket } from "ws";
import { LIMITS } from "./limits.ts";
import { startAnyApi } from "./testdata/any-store-api.ts";
import { NETWORK_SETS } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

test("one request carries only some calls, whoever sends it", async () => {
  const batch = (size: number): string => `/trpc/${Array(size).fill("session.whoami").join()}?batch=1`;
  const codes = await Promise.all([batch(32), batch(33)].map((path) => server.call(path, { token: null })));
  expect(codes.map(({ code }) => code)).toEqual([200, 400]);
});

test("a wrong token is refused and counted wherever it is shown; where one signs in a stale cookie is none", async () => {
  const refusals = async (): Promise<string> =>
    /percale_api_refused_credentials_total (\d+)/.exec((await server.call("/metrics")).body)![1]!;
  const before = Number(await refusals());
  const paths = ["/trpc/session.whoami", "/trpc/session.whoami,overview.summary?batch=1", "/trpc/overview.summary"];
  const guesses = await Promise.all(paths.map((path) => server.call(path, { token: "percale_guess" })));
  expect(guesses.map(({ code }) => code)).toEqual([401, 401, 401]);
  const stale = { token: null, headers: { cookie: "percale_session=percale_guess" } };
  expect(await server.call("/trpc/session.whoami", stale)).toMatchObject({
    code: 200,
    body: { result: { data: { user: "system:anonymous" } } },
  });
  expect(Number(await refusals())).toBe(before + 3);
});

test("strangers take no agent's place, and of their own sockets only some for each address", async () => {
  const sync = new WebSocket(server.api.url.replace("https", "wss") + SYNC_PATH, SYNC_SUBPROTOCOL, {
    agent: server.agent,
  });
  expect(((await once(sync, "error")) as [Error])[0].message).toContain("401");
  const strangers = await Promise.all(
    Array.from({ length: LIMITS.anonymousPerAddress + 1 }, () => outcomeOf("/trpc?connectionParams=1", {})),
  );
  const full = strangers.filter(({ refusal }) => refusal !== undefined);
  expect(full.map(({ refusal }) => refusal)).toEqual(["Unexpected server response: 429"]);
  expect(await outcomeOf("/trpc", { authorization: `Bearer ${server.token}` })).toEqual({
    socket: expect.any(WebSocket),
    refusal: undefined,
  });
  for (const { socket } of strangers) socket.terminate();
});

test("a proxy's callers, whom it names, are told apart", async () => {
  const from = (address: string) => outcomeOf("/trpc?connectionParams=1", { "x-forwarded-for": address });
  const many = await Promise.all(Array.from({ length: LIMITS.anonymousPerAddress }, () => from("192.0.2.1")));
  const [same, other] = [await from("192.0.2.1"), await from("192.0.2.2")];
  expect([same.refusal, other.refusal]).toEqual(["Unexpected server response: 429", undefined]);
  for (const { socket } of [...many, other]) socket.terminate();
});

test("a connection counts as a stranger's until a good credential comes on it", async () => {
  const strangers = async (): Promise<number> =>
    Number(/^percale_api_strangers_connections (\d+)$/m.exec((await server.call("/metrics")).body)![1]);
  while ((await strangers()) > 0) await delay(50); // those of the tests before
  const raw = connect(Number(new URL(server.api.url).port), "127.0.0.1");
  await once(raw, "connect");
  while ((await strangers()) !== 1) await delay(50);
  const known = await outcomeOf("/trpc", { authorization: `Bearer ${server.token}` });
  expect([known.refusal, await strangers()]).toEqual([undefined, 1]);
  raw.destroy();
  while ((await strangers()) > 0) await delay(50);
  known.socket.terminate();
});

test("a token in the first message leaves the strangers' place to the next one", async () => {
  const sockets: WebSocket[] = [];
  for (let i = 0; i <= LIMITS.anonymousPerAddress; i++) {
    const { socket, refusal } = await outcomeOf("/trpc?connectionParams=1", {});
    expect(refusal).toBeUndefined();
    sockets.push(socket);
    socket.send(JSON.stringify({ method: "connectionParams", data: { token: server.token } }));
    socket.send(JSON.stringify({ id: 1, method: "query", params: { path: "pools.usage" } }));
    expect(String((await once(socket, "message"))[0])).toContain('"result"');
  }
  for (const socket of sockets) socket.terminate();
});

test("sign-ins that never end keep nobody else waiting, and a large one is not read", async () => {
  const signIn = { method: "POST", body: { token: "x".repeat(5_000) }, token: null };
  const large = await server.call("/trpc/session.signIn", signIn);
  expect(large).toMatchObject({
    code: 413,
    body: { error: { data: { status: { reason: "RequestEntityTooLarge", code: 413 } } } },
  });
  const headers = { "content-type": "application/json", "content-length": 100 };
  const slow = Array.from({ length: LIMITS.anonymousPerAddress + 1 }, () => {
    const half = request(new URL("/trpc/session.signIn", server.api.url), {
      method: "POST",
      headers,
      ca: server.ca,
      agent: false,
    });
    half.on("error", () => undefined).write("{");
    return half;
  });
  const [full] = (await Promise.race(slow.map((half) => once(half, "response")))) as [IncomingMessage];
  expect(full.statusCode).toBe(429);
  expect((await server.call(NETWORK_SETS)).code).toBe(200);
  for (const half of slow) half.destroy();
});

async function outcomeOf(path: string, headers: object): Promise<{ socket: WebSocket; refusal: string | undefined }> {
  const socket = new WebSocket(server.api.url.replace("https", "wss") + path, {
    agent: server.agent,
    headers: { ...headers },
  });
  const opened = once(socket, "open").then(() => undefined);
  const refused = once(socket, "error").then(([error]: Error[]) => error!.message);
  return { socket, refusal: await Promise.race([opened.catch(() => refused), refused]) };
}
