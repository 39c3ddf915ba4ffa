import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectPlainly } from "node:net";
import { connect } from "node:tls";
import { definitionOf, unauthorized } from "@percale/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { serveObjects } from "./rest/objects.ts";
import { NETWORK_SETS, networkSet, startTestApi } from "./testdata/test-api.ts";
import type { TestApi } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startTestApi();
});
afterAll(() => server.stop());

async function figure(name: string): Promise<number> {
  const { body } = await server.call("/metrics");
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(body)![1]);
}

/** Sends a request and is gone before it can be answered. */
async function hangUp(path: string, header: string): Promise<void> {
  const { port } = new URL(server.api.url);
  const socket = connect({ host: "127.0.0.1", port: Number(port), ca: server.ca });
  await once(socket, "secureConnect");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`, () => socket.destroy());
  await once(socket, "close");
}

/** Those who hang up in the middle of a question to the database, over and over. */
async function hangUpOften(path: string, header: (i: number) => string): Promise<void> {
  for (let i = 0; i < 100; i++) await hangUp(path, header(i));
  await delay(500); // what was asked is answered by now, to nobody
}

const bearer = (): string => `Authorization: Bearer ${server.token}`;

test("nothing stays open in the name of a stranger who hung up", async () => {
  // Another one each time: an answer that is known already leaves no time to hang up.
  await hangUpOften("/trpc/session.whoami", (i) => `Cookie: percale_session=percale_stale_${i}`);
  expect(await figure("percale_api_open_credentials")).toBe(0);
});

test("a watch ends with the client that hung up before it began", async () => {
  await hangUpOften(`${NETWORK_SETS}?watch=1`, bearer);
  expect([await figure("percale_api_watches"), await figure("percale_api_open_credentials")]).toEqual([0, 0]);
});

test("nothing stays open for a socket that hung up while its first message was judged", async () => {
  for (let i = 0; i < 20; i++) {
    const url = `${server.api.url.replace("https", "wss")}/trpc?connectionParams=1`;
    const socket = new WebSocket(url, { ca: server.ca });
    await once(socket, "open");
    socket.send(JSON.stringify({ method: "connectionParams", data: { token: server.token } }));
    socket.send(JSON.stringify({ id: 1, method: "query", params: { path: "pools.usage" } }), () => socket.terminate());
    await once(socket, "close");
  }
  await delay(500);
  expect(await figure("percale_api_open_credentials")).toBe(0);
});

test("a watch whose credential ended before it began ends at once, and says why", async () => {
  const { store } = server.api;
  const definition = definitionOf("NetworkSet")!;
  const identity = { user: "a", groups: ["system:masters"], method: "token" as const };
  const ended = AbortSignal.abort(unauthorized("the credential has expired"));
  const front = createServer((request, response) => {
    const query = new URLSearchParams("watch=1");
    void serveObjects({ request, response, route: { definition }, query, store, identity, ended }).catch(
      () => undefined,
    );
  }).listen(0, "127.0.0.1");
  await once(front, "listening");
  const answer = await fetch(`http://127.0.0.1:${(front.address() as AddressInfo).port}/`);
  expect(await answer.text()).toContain('"reason":"Unauthorized"');
  front.close();
});

test("a long list keeps no place for a reader who does not read it, and ends without a word when he hangs up", async () => {
  const { store } = server.api;
  const nets = Array.from({ length: 90_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
  for (const name of ["long-1", "long-2", "long-3", "long-4"])
    await server.call(NETWORK_SETS, { method: "POST", body: networkSet(name, { nets }) });
  const identity = { user: "a", groups: ["system:masters"], method: "token" as const };
  const answered = Promise.withResolvers<void>();
  const front = createServer((request, response) => {
    const route = { definition: definitionOf("NetworkSet")! };
    serveObjects({ request, response, route, query: new URLSearchParams(), store, identity }).then(
      answered.resolve,
      answered.reject,
    );
  }).listen(0, "127.0.0.1");
  await once(front, "listening");
  const reader = connectPlainly((front.address() as AddressInfo).port, "127.0.0.1");
  reader.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  reader.pause();
  await answered.promise;
  reader.destroy();
  front.close();
  await once(front, "close");
});
