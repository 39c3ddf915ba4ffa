import { once } from "node:events";
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAnyApi } from "./testdata/any-store-api.ts";
import type { TestApi } from "./testdata/any-store-api.ts";
import { NETWORK_SETS, networkSet } from "./testdata/test-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

interface Event {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name: string }; readonly reason?: string };
}

function connect(path: string, token = server.token): WebSocket {
  return new WebSocket(new URL(path, server.api.url.replace("https", "wss")), {
    ca: server.ca,
    headers: { authorization: `Bearer ${token}` },
  });
}

/** What it hears until it is closed, and how that is. */
async function heard(
  socket: WebSocket,
  meanwhile?: () => Promise<unknown>,
): Promise<{ events: Event[]; code: number }> {
  const events: Event[] = [];
  socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString("utf8")) as Event));
  await once(socket, "open");
  await meanwhile?.();
  const [code] = (await once(socket, "close")) as [number];
  return { events, code };
}

test("a watch over a WebSocket says what one over HTTP does, an event a message, and ends cleanly", async () => {
  await server.call(NETWORK_SETS, { method: "POST", body: networkSet("one") });
  const socket = connect(`${NETWORK_SETS}?watch=true&resourceVersion=0&timeoutSeconds=1`);
  const { events, code } = await heard(socket, async () => {
    await server.call(NETWORK_SETS, { method: "POST", body: networkSet("two") });
    await server.call(`${NETWORK_SETS}/one`, { method: "DELETE" });
  });
  expect(code).toBe(1000);
  expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    "ADDED one",
    "ADDED two",
    "DELETED one",
  ]);
});

test.each([
  ["a stranger", `${NETWORK_SETS}?watch=true`, "percale_wrong", 401],
  ["a list", NETWORK_SETS, undefined, 404],
  ["a wrong version", `${NETWORK_SETS}?watch=true&resourceVersion=x`, undefined, 400],
])("%s is refused before the upgrade", async (_, path, token, code) => {
  const socket = connect(path, token);
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, { readonly statusCode: number }];
  expect(response.statusCode).toBe(code);
});
