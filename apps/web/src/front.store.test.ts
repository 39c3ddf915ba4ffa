import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startAnyApi } from "@percale/api/any-store-api";
import type { TestApi } from "@percale/api/any-store-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createApiProxy } from "./api-proxy.ts";
import type { ApiProxy } from "./api-proxy.ts";
import { createFront } from "./front.ts";

let server: TestApi;
let proxy: ApiProxy;
/** The dashboard's front, and two reverse proxies before it: one that keeps Host, one that names it in x-forwarded-host. */
let front: Server;
let keeping: Server;
let naming: Server;

beforeAll(async () => {
  server = await startAnyApi();
  proxy = createApiProxy({ apiUrl: new URL(server.api.url), ca: Buffer.from(server.ca) });
  front = createFront({ proxy, names: ["percale.example"], page: ({ url }, response) => response.end(`page ${url}`) });
  await listening(front);
  keeping = reverseProxy((host) => ({ host }));
  naming = reverseProxy((host) => ({ "x-forwarded-host": host, "x-forwarded-proto": "https" }));
  await Promise.all([listening(keeping), listening(naming)]);
});
afterAll(async () => {
  for (const server of [keeping, naming, front]) {
    server.close();
    server.closeAllConnections();
  }
  proxy.close();
  await server.stop();
});

async function listening(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function reverseProxy(headersFor: (host: string) => Record<string, string>): Server {
  return createServer((request, response) => {
    const { host = "", ...rest } = request.headers;
    const headers = { ...rest, ...headersFor(host) };
    const upstream = httpRequest(
      { port: portOf(front), host: "127.0.0.1", path: request.url, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(upstream);
  });
}

interface Reply {
  readonly code: number | undefined;
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

async function ask(
  server: Server,
  path: string,
  { body, ...headers }: Readonly<Record<string, string>> & { readonly body?: string },
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const method = body === undefined ? "GET" : "POST";
  const typed = body === undefined ? headers : { ...headers, "content-type": "application/json" };
  httpRequest({ port: portOf(server), host: "127.0.0.1", path, method, headers: typed }, resolve)
    .on("error", reject)
    .end(body);
  const response = await promise;
  let text = "";
  for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString("utf8");
  return { code: response.statusCode, text, headers: response.headers };
}

test.each([
  ["keeps Host", () => keeping, "http://percale.example"],
  ["names the host it was asked by", () => naming, "https://percale.example"],
])("a person signs in and reads through a reverse proxy that %s", async (_, way, origin) => {
  const body = JSON.stringify({ token: server.token });
  const browser = { host: "percale.example", origin };
  const signIn = await ask(way(), "/trpc/session.signIn", { ...browser, body });
  expect([signIn.code, signIn.text]).toStrictEqual([200, expect.stringContaining('"user":"admin"')]);
  const cookie = signIn.headers["set-cookie"]![0]!;
  expect(cookie.includes("Secure")).toBe(origin.startsWith("https"));
  const read = await ask(way(), "/trpc/overview.summary", { ...browser, cookie: cookie.split(";")[0]! });
  expect([read.code, read.text]).toStrictEqual([200, expect.stringContaining('"revision"')]);
});

test.each([
  ["a page", "/", { host: "evil.example" }],
  ["the API", "/trpc/session.whoami", { host: "evil.example:3000" }],
  ["a name behind a proxy's", "/", { host: "percale.example", "x-forwarded-host": "evil.example" }],
  [
    "a proxy's name behind an evil one",
    "/trpc/session.whoami",
    { host: "evil.example", "x-forwarded-host": "localhost" },
  ],
])("a name that is not configured is refused with advice: %s", async (_, path, headers) => {
  const { code, text } = await ask(front, path, headers);
  expect([code, text]).toStrictEqual([421, expect.stringContaining("PERCALE_WEB_NAMES")]);
});

test("so is a WebSocket of such a name", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${portOf(front)}/trpc`, { headers: { host: "evil.example" } });
  const [error] = (await once(socket, "error")) as [Error];
  expect(error.message).toContain("421");
});

test.each([
  ["/nodes/n%C3%A9?q=%E0%A4%A", "page /nodes/n%C3%A9?q=%E0%A4%A"],
  ["/nodes/%E0%A4%A?q=%41", "page /nodes/%25E0%25A4%25A?q=%41"],
  ["/50%", "page /50%25"],
])("a path that cannot be decoded stands for itself: %s", async (path, text) => {
  expect(await ask(front, path, { host: "percale.example" })).toMatchObject({ code: 200, text });
});

test("health answers to any name", async () => {
  expect((await ask(front, "/readyz", { host: "evil.example" })).code).toBe(200);
});

test("a WebSocket carries procedures to the API under a configured name", async () => {
  const token = server.token;
  const headers = { host: "percale.example", authorization: `Bearer ${token}` };
  const socket = new WebSocket(`ws://127.0.0.1:${portOf(front)}/trpc`, { headers });
  await once(socket, "open");
  socket.send(JSON.stringify({ id: 1, method: "query", params: { path: "session.whoami" } }));
  const [answer] = (await once(socket, "message")) as [Buffer];
  expect(answer.toString("utf8")).toContain('"user":"admin"');
  socket.terminate();
});
