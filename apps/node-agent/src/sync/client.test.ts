import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { SyncClient } from "./client.ts";

let wss: WebSocketServer;
let stop: AbortController;
let running: Promise<void>;
beforeEach(async () => {
  wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(wss, "listening");
  stop = new AbortController();
  const client = new SyncClient({
    url: `http://127.0.0.1:${(wss.address() as AddressInfo).port}`,
    agent: undefined,
    token: async () => "t",
    node: "n1",
    build: "0",
    log: silentLogger,
    onStep: () => undefined,
    onState: () => undefined,
  });
  running = client.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  for (const socket of wss.clients) socket.terminate();
  await running;
  wss.close();
});

test.each([
  ["null", "must be an object, got null"],
  ["{", "not JSON: "],
  ['{"t":"put","objects":[null]}', "objects[0]: must be an object with kind and metadata.name, got null"],
  ['{"t":"delta","fromRev":0,"toRev":"1","puts":[],"deletes":[]}', 'toRev: must be a number, got "1"'],
  [`{"t":"put","objects":[{"${"é".repeat(200)}":1}]}`, "objects[0]: must be an object"],
])("a server that sends %s is left with the reason, and asked again", async (frame, reason) => {
  const [first] = (await once(wss, "connection")) as [WebSocket];
  first.send(frame);
  const [code, text] = (await once(first, "close")) as [number, Buffer];
  expect({ code, text: text.toString() }).toEqual({ code: 4007, text: expect.stringContaining(reason) });
  await once(wss, "connection");
});

test.each([
  ["no zstd", Buffer.from("{}"), "not compressed with zstd"],
  ["a message of a wrong shape", zstdCompressSync(Buffer.from('{"t":"put","objects":[null]}')), "objects[0]: must be"],
  ["64 MiB and a byte", zstdCompressSync(Buffer.alloc(64 * 1024 * 1024 + 1)), "too large"],
])("a server whose binary frame holds %s is left with the reason", async (_name, frame, reason) => {
  const [first] = (await once(wss, "connection")) as [WebSocket];
  first.send(frame);
  const [code, text] = (await once(first, "close")) as [number, Buffer];
  expect({ code, text: text.toString() }).toEqual({ code: 4007, text: expect.stringContaining(reason) });
});

test("a binary frame is a message like any other", async () => {
  const [socket] = (await once(wss, "connection")) as [WebSocket];
  const [hello] = (await once(socket, "message")) as [Buffer];
  expect(JSON.parse(hello.toString())).toMatchObject({
    schemaLevel: 2,
    minSchemaLevel: 1,
    encodings: ["json+zstd", "json"],
  });
  socket.send(zstdCompressSync(Buffer.from('{"t":"ping","id":7,"timeMs":1}')));
  const [answer] = (await once(socket, "message")) as [Buffer];
  expect(JSON.parse(answer.toString())).toEqual({ t: "pong", id: 7, timeMs: 1 });
});

test("a message of a kind that this agent does not know changes nothing", async () => {
  const [socket] = (await once(wss, "connection")) as [WebSocket];
  await once(socket, "message"); // its hello
  socket.send('{"t":"move","to":"elsewhere"}');
  socket.send('{"t":"ping","id":7,"timeMs":1}');
  const [answer] = (await once(socket, "message")) as [Buffer];
  expect(JSON.parse(answer.toString())).toEqual({ t: "pong", id: 7, timeMs: 1 });
});
