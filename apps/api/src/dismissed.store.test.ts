import { once } from "node:events";
import { request } from "node:https";
import type { Duplex } from "node:stream";
import { SYNC_PATH, SYNC_SUBPROTOCOL } from "@percale/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAnyApi } from "./testdata/any-store-api.ts";
import type { TestApi } from "./testdata/any-store-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

/** A WebSocket's connection, whose client says nothing on it: it does not even bid farewell. */
async function mute(path: string, token: string): Promise<Duplex> {
  const headers = {
    authorization: `Bearer ${token}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-protocol": SYNC_SUBPROTOCOL,
  };
  const asked = request(new URL(path, server.api.url), { agent: server.agent, headers }).end();
  const [, socket] = (await once(asked, "upgrade")) as [unknown, Duplex];
  return socket.on("error", () => undefined).resume();
}

test.each([SYNC_PATH, "/trpc"])(
  "a client at %s whose credential ended keeps no place, though it never answers its farewell",
  async (path) => {
    const body = { subject: "system:node:n1", groups: ["system:masters"] };
    const created = await server.call("/trpc/access.createToken", { method: "POST", body });
    const { id, token } = created.body.result.data as { id: string; token: string };
    const socket = await mute(path, token);
    await server.call("/trpc/access.revoke", { method: "POST", body: { id } });
    await once(socket, "close", { signal: AbortSignal.timeout(20_000) }); // ws by itself waits for half a minute
    expect(socket.destroyed).toBe(true);
  },
);
