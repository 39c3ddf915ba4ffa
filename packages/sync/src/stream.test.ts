import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { setImmediate as turn } from "node:timers/promises";
import { CloseCode } from "@percale/protocol";
import type { AgentStatus } from "@percale/protocol";
import { serviceUnavailable } from "@percale/resources";
import { MemorySocket, MemorySource } from "@percale/testkit";
import type { WebSocket } from "ws";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { connect, heardBy, hello } from "./testdata/client.ts";
import { syncServerOf } from "./testdata/sync-server.ts";

afterEach(() => void vi.useRealTimers());

/** Everything that can go on without a clock has gone on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}

const lastOf = (socket: MemorySocket) => ({ closed: socket.closed, said: heardBy(socket).at(-1) });
const ofNode1 = (): MemorySocket => hello(connect(syncServerOf(new MemorySource())));

test.each<[what: string, say: (socket: MemorySocket) => void, reason: string]>([
  ["binary frames", (socket) => socket.emit("message", Buffer.from("{}"), true), "text frames only"],
  ["no JSON", (socket) => socket.emit("message", Buffer.from("{"), false), expect.stringMatching(/^not JSON: /)],
  ["another hello", (socket) => hello(socket), "hello twice"],
  [
    "the status of another node",
    (socket) => socket.say({ t: "status", status: quietStatusOf("n2") }),
    "status.node: must be n1, as in the hello, got n2",
  ],
  [
    "more than a network may hold back",
    (socket) => {
      for (let id = 0; id < 40; id++) socket.say({ t: "ping", id, timeMs: 0 });
    },
    "more than 20 messages a second",
  ],
])("a client that says %s is told so, and let go", async (_, say, reason) => {
  const socket = ofNode1();
  await settled();
  expect(socket.closed).toBeUndefined();
  say(socket);
  expect(socket.closed).toEqual({ code: CloseCode.protocolError, reason });
});

test("a client that says anything before its hello is let go", () => {
  const socket = connect(syncServerOf(new MemorySource()));
  socket.say({ t: "ping", id: 1, timeMs: 0 });
  expect(socket.closed).toEqual({ code: CloseCode.protocolError, reason: "hello comes first" });
});

test("whoever answers when it is asked is heard, from its hello on", async () => {
  const heard: string[] = [];
  const server = syncServerOf(new MemorySource(), { onHeard: (node) => void heard.push(node) });
  const socket = new MemorySocket();
  onTestFinished(() => socket.terminate());
  const stream = server.serve({ socket: socket as unknown as WebSocket, refusalOf: () => undefined });
  stream.ping();
  expect(socket.heard).toEqual([]); // nobody knows yet who it is
  hello(socket);
  await settled();
  stream.ping();
  const asked = heardBy(socket).filter(({ t }) => t === "ping");
  expect(asked).toHaveLength(1);
  socket.say({ ...asked[0]!, t: "pong" });
  expect(heard).toEqual(["n1", "n1"]); // with its hello, and with its answer
});

test("a client that is not what it says it is hears why", () => {
  const refusalOf = () => ({ code: "auth", text: "n1 has another credential" }) as const;
  const socket = hello(connect(syncServerOf(new MemorySource()), { refusalOf }));
  expect(lastOf(socket)).toEqual({
    closed: { code: CloseCode.auth, reason: "n1 has another credential" },
    said: { t: "reject", code: "auth", text: "n1 has another credential" },
  });
});

test("a client without a hello is waited for ten seconds, one with a hello for ever", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const server = syncServerOf(new MemorySource());
  const [silent, known] = [connect(server), hello(connect(server))];
  await vi.advanceTimersByTimeAsync(9_999);
  expect(silent.closed).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect([silent.closed, known.closed]).toEqual([
    { code: CloseCode.timeout, reason: "no hello within 10 s" },
    undefined,
  ]);
});

test("a client is asked now and then whether it is there, and cut off once it has said nothing for half a minute", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  const server = syncServerOf(new MemorySource());
  const [silent, alive] = [hello(connect(server)), hello(connect(server))];
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(10_000);
    alive.say({ t: "pong", id: 0, timeMs: 0 });
  }
  expect([silent.closed?.code, alive.closed]).toEqual([1006, undefined]);
  expect(heardBy(silent).filter(({ t }) => t === "ping")).toHaveLength(3);
});

test("a client's question is answered with its own words", async () => {
  const socket = ofNode1();
  await settled();
  socket.say({ t: "ping", id: 7, timeMs: 11 });
  expect(heardBy(socket).at(-1)).toEqual({ t: "pong", id: 7, timeMs: 11 });
});

test("what a client holds is kept in its status, as far as it came", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const kept: AgentStatus[] = [];
  const putStatus = async (status: AgentStatus): Promise<void> => void kept.push(status);
  const socket = hello(connect(syncServerOf(new MemorySource(), { putStatus })));
  socket.say({ t: "status", status: quietStatusOf("n1", { appliedRevision: 3, programmedRevision: 3 }) });
  socket.say({ t: "ack", applied: 9, programmed: 8 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(kept).toEqual([
    quietStatusOf("n1", { appliedRevision: 3, programmedRevision: 3 }),
    quietStatusOf("n1", { appliedRevision: 9, programmedRevision: 8 }),
  ]);
});

test("a server that stops tells those who have not said who they are to go, too", async () => {
  const server = syncServerOf(new MemorySource());
  const ends = [true, false].map((saysHello) => {
    const socket = new MemorySocket();
    onTestFinished(() => socket.terminate());
    const stream = server.serve({ socket: socket as unknown as WebSocket, refusalOf: () => undefined });
    if (saysHello) hello(socket);
    stream.drain();
    return { node: stream.node, ...lastOf(socket) };
  });
  const closed = { code: CloseCode.draining, reason: "the server stops" };
  expect(ends).toEqual([
    { node: "n1", closed, said: undefined },
    { node: undefined, closed, said: { t: "reject", code: "draining", text: "the server stops" } },
  ]);
});

const answerOf = async (source: MemorySource, more: Parameters<typeof hello>[1] = {}) => {
  const socket = hello(connect(syncServerOf(source)), more);
  await settled();
  return socket;
};

test("while the database is away nobody is served, and all hear when to come again", async () => {
  const source = new MemorySource();
  source.isConnected = () => false;
  expect(lastOf(await answerOf(source))).toEqual({
    closed: { code: CloseCode.notReady, reason: "the database can't be reached" },
    said: { t: "reject", code: "notReady", text: "the database can't be reached", retryAfterMs: 1_000 },
  });
});

test.each([
  ["the database is lost", serviceUnavailable("lost"), CloseCode.notReady],
  ["anything else breaks", new Error("lost"), CloseCode.protocolError],
])("a stream ends where %s on the way", async (_, error, code) => {
  const source = new MemorySource();
  source.snapshot = () => Promise.reject(error);
  expect((await answerOf(source)).closed).toEqual({ code, reason: "lost" });
});

test("a client ends with the store that it follows", async () => {
  const source = new MemorySource();
  const socket = await answerOf(source);
  source.close();
  await settled();
  expect(socket.closed).toEqual({ code: CloseCode.draining, reason: "the store closes" });
});

test("who finds no place for a snapshot hears when to come again, and gives none back", async () => {
  const left: string[] = [];
  const snapshotGate = { enter: () => false, leave: (node: string) => void left.push(node) };
  const socket = hello(connect(syncServerOf(new MemorySource(), { snapshotGate })));
  await settled();
  const { said, closed } = lastOf(socket);
  expect([said, closed?.code, left]).toEqual([
    { t: "reject", code: "busy", text: "too many snapshots are on their way", retryAfterMs: expect.any(Number) },
    CloseCode.busy,
    [],
  ]);
  const { retryAfterMs } = said as { retryAfterMs: number };
  expect(retryAfterMs).toBeGreaterThanOrEqual(500);
  expect(retryAfterMs).toBeLessThan(5_000);
});

test("a server that is behind what a client holds is waited for, not begun anew with", async () => {
  const source = new MemorySource({ epoch: "e", revision: 3 });
  const server = syncServerOf(source);
  const first = await answerOf(source);
  const { scopeDigest } = heardBy(first)[0] as { scopeDigest: string };
  const socket = hello(connect(server), { resume: { epoch: "e", revision: 4, scopeDigest } });
  await settled();
  expect(heardBy(socket)).toEqual([]);
  source.write([{ apiVersion: "projectcalico.org/v3", kind: "Tier", metadata: { name: "a" }, spec: { order: 1 } }]);
  await expect.poll(() => heardBy(socket)[0]).toMatchObject({ t: "welcome", head: 4, mode: "resume" });
});
