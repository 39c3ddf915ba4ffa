import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { silentLogger } from "@percale/daemon";
import type { ServerMessage } from "@percale/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { MAX_REFUSAL_BYTES } from "../api/body.ts";
import { object } from "../testdata/objects.ts";
import { SyncClient } from "./client.ts";
import type { SyncOptions, SyncState } from "./client.ts";

let http: Server;
let wss: WebSocketServer;
let stop: AbortController;
let running: Promise<void>;
let client: SyncClient;
let streams: { readonly socket: WebSocket; readonly headers: IncomingHttpHeaders; readonly heard: unknown[] }[];
let states: SyncState[];
let steps: Parameters<SyncOptions["onStep"]>[0][];

beforeEach(async () => {
  [http, wss, stop] = [createServer(), new WebSocketServer({ noServer: true }), new AbortController()];
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  [streams, states, steps, running] = [[], [], [], Promise.resolve()];
  wss.on("connection", (socket, { headers }) => {
    const heard: unknown[] = [];
    socket.on("message", (data: Buffer) => heard.push(JSON.parse(data.toString())));
    streams.push({ socket, headers, heard });
  });
});
afterEach(async () => {
  vi.useRealTimers();
  stop.abort();
  for (const socket of wss.clients) socket.terminate();
  await running;
  http.closeAllConnections();
  http.close();
});

/** A node, and a server that takes its streams; `refusal` is what the first that comes hears instead, without end if it `goesOn`. */
function begin(more: Partial<SyncOptions> = {}, refusal?: string, { goesOn = false } = {}): void {
  let refusing = refusal;
  http.on("upgrade", (request, socket, head) => {
    if (refusing === undefined)
      return wss.handleUpgrade(request, socket, head, (stream) => wss.emit("connection", stream, request));
    if (goesOn) socket.write(refusing);
    else socket.end(refusing);
    refusing = undefined;
    return undefined;
  });
  client = new SyncClient({
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    agent: undefined,
    token: async () => "secret",
    node: "n1",
    build: "7",
    log: silentLogger,
    onStep: (step) => void steps.push(step),
    onState: (state) => void states.push(state),
    ...more,
  });
  running = client.run(stop.signal);
}

/** The next stream that the node opens, once it has said hello. */
async function stream() {
  await expect.poll(() => streams.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
  const { socket, headers, heard } = streams.shift()!;
  const next = async (): Promise<unknown> => {
    await expect.poll(() => heard.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
    return heard.shift();
  };
  return { socket, headers, hello: (await next()) as Record<string, unknown>, next };
}

const say = (socket: WebSocket, ...messages: readonly ServerMessage[]): void => {
  for (const message of messages) socket.send(JSON.stringify(message));
};
const welcome: ServerMessage = {
  t: "welcome",
  server: "s",
  build: "",
  schemaLevel: 2,
  epoch: "e",
  head: 5,
  mode: "snapshot",
  encoding: "json",
  scopeDigest: "d",
  pingIntervalMs: 1,
};
const snapshot = (revision: number, ...objects: readonly ReturnType<typeof object>[]): readonly ServerMessage[] => [
  welcome,
  { t: "snapshotBegin", revision, objects: objects.length },
  { t: "put", objects },
  { t: "snapshotEnd", revision },
];
const seen = async (read: () => unknown, wanted: unknown): Promise<void> => {
  await expect.poll(read, { timeout: 20_000, interval: 5 }).toEqual(wanted);
};
const refused = (code: number, body: string): string => `HTTP/1.1 ${code} No\r\nconnection: close\r\n\r\n${body}`;

test("a node says who it is, and is told when the server is in sync", async () => {
  begin();
  const { socket, headers, hello } = await stream();
  expect([headers.authorization, hello]).toEqual([
    "Bearer secret",
    {
      t: "hello",
      node: "n1",
      component: "node-agent",
      build: "7",
      schemaLevel: 2,
      minSchemaLevel: 1,
      type: "agent",
      scope: "node",
      encodings: ["json+zstd", "json"],
    },
  ]);
  say(socket, { t: "state", state: "waiting", upstreamAgeMs: 0 }, { t: "state", state: "inSync", upstreamAgeMs: 0 });
  await seen(
    () => states,
    [
      { connected: true, inSync: false, detail: "the server is waiting" },
      { connected: true, inSync: true, detail: "" },
    ],
  );
});

test("who lost a stream comes back and goes on from where it was", async () => {
  begin();
  const first = await stream();
  say(first.socket, ...snapshot(5, object("Profile", "a", {})));
  await seen(() => steps.length, 2);
  first.socket.close(1001, "going away");
  const { hello } = await stream();
  expect([hello["resume"], states.at(-1)]).toEqual([
    { epoch: "e", revision: 5, scopeDigest: "d" },
    { connected: false, inSync: false, detail: "going away" },
  ]);
});

test("a server's refusal is told in its words, and waited for as long as it says", async () => {
  begin();
  const { socket } = await stream();
  say(socket, { t: "reject", code: "auth", text: "no such node", retryAfterMs: 1 });
  socket.close();
  await seen(() => states, [{ connected: false, inSync: false, detail: "auth: no such node", rejected: "auth" }]);
  await stream();
});

test.each<[code: number, body: string, state: Partial<SyncState>]>([
  [401, '{"message":"who are you"}', { detail: "401: who are you", rejected: "auth" }],
  [403, "no", { detail: "403 no", rejected: "auth" }],
  [503, "", { detail: "503" }],
  [502, '{"a":1}', { detail: '502 {"a":1}' }],
])("an answer %i of %j instead of a stream is told, and asked again", async (code, body, state) => {
  begin({}, refused(code, body));
  await stream();
  expect(states).toEqual([{ connected: false, inSync: false, ...state }]);
});

test("of an answer without end the beginning is told, and it is asked again", async () => {
  begin({}, refused(503, "x".repeat(MAX_REFUSAL_BYTES)), { goesOn: true });
  await stream();
  expect(states).toEqual([{ connected: false, inSync: false, detail: `503 ${"x".repeat(199)}…` }]);
});

test("a token that cannot be read is told, and read again", async () => {
  let reads = 0;
  begin({ token: async () => (reads++ === 0 ? Promise.reject(new Error("no token")) : "secret") });
  await stream();
  expect(states).toEqual([{ connected: false, inSync: false, detail: "Error: no token" }]);
});

test("how far the kernel is goes to the server now and then, once for each change, and again to the next", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  begin();
  const first = await stream();
  client.ack(7, 6);
  vi.advanceTimersByTime(1_000);
  expect(await first.next()).toEqual({ t: "ack", applied: 7, programmed: 6 });
  vi.advanceTimersByTime(2_000);
  client.ack(7, 7);
  vi.advanceTimersByTime(1_000);
  expect(await first.next()).toEqual({ t: "ack", applied: 7, programmed: 7 });
  first.socket.terminate();
  const second = await stream();
  vi.advanceTimersByTime(1_000);
  expect(await second.next()).toEqual({ t: "ack", applied: 7, programmed: 7 });
});

test("a server that is silent is asked, and left once it has said nothing for long", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  begin();
  const { next } = await stream();
  vi.advanceTimersByTime(10_000);
  expect(await next()).toMatchObject({ t: "ping" });
  vi.advanceTimersByTime(30_000);
  await stream();
  expect(states.at(-1)).toMatchObject({ connected: false });
});

test("what most of is missing from a snapshot is believed only after a while", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  begin();
  const many = Array.from({ length: 150 }, (_, i) => object("GlobalNetworkPolicy", `p${i}`, {}));
  const { socket } = await stream();
  say(socket, ...snapshot(5, ...many), ...snapshot(9, many[0]!));
  await seen(() => steps.filter(({ t }) => t === "step").map((step) => "heldBack" in step && step.heldBack), [0, 149]);
  expect(client.held.objects.size).toBe(150);
  vi.advanceTimersByTime(60_000);
  expect([steps.at(-1), client.held.objects.size]).toEqual([
    expect.objectContaining({ t: "step", puts: [], revision: 9, complete: false, heldBack: 0 }),
    1,
  ]);
});

test("a status goes to the server that listens, and nowhere without one", async () => {
  begin();
  const { next } = await stream();
  client.report({ node: "n1" } as Parameters<SyncClient["report"]>[0]); // no more of it is read
  expect(await next()).toEqual({ t: "status", status: { node: "n1" } });
  stop.abort();
  await running;
  client.report({ node: "n1" } as Parameters<SyncClient["report"]>[0]);
});

test.each([
  { name: "came too late", late: (stopping: () => void) => async () => (stopping(), "secret") },
  { name: "never comes", late: (stopping: () => void) => () => (stopping(), Promise.withResolvers<string>().promise) },
  {
    name: "could not be read",
    late: (stopping: () => void) => async () => (stopping(), Promise.reject(new Error("gone"))),
  },
])(
  "a node that is told to stop while it reads its token stops, and opens no stream: the token $name",
  async ({ late }) => {
    begin({ token: late(() => stop.abort()) });
    await running;
    expect([streams, states]).toEqual([[], []]);
  },
);
