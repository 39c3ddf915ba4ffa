import { once } from "node:events";
import { CloseCode } from "@percale/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startAnyApi } from "../testdata/any-store-api.ts";
import type { TestApi } from "../testdata/any-store-api.ts";

let server: TestApi;
beforeAll(async () => {
  server = await startAnyApi();
});
afterAll(() => server.stop());

test("a message with more calls than anybody needs ends its socket, and none of them is answered", async () => {
  const url = `${server.api.url.replace("https", "wss")}/trpc?connectionParams=1`;
  const socket = new WebSocket(url, { agent: server.agent });
  await once(socket, "open");
  let answers = 0;
  socket.on("message", () => answers++);
  socket.send(JSON.stringify({ method: "connectionParams", data: null }));
  socket.send(`[${Array(30_000).fill("0").join()}]`); // in 60 KB, which one message may have
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  expect([answers, code, reason.toString()]).toEqual([
    0,
    CloseCode.protocolError,
    "30000 calls in one message: at most 32",
  ]);
});
