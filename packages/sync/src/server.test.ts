import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { CloseCode, SCHEMA_LEVEL } from "@percale/protocol";
import type { AgentStatus, Hello, ServerMessage } from "@percale/protocol";
import { quietStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import type { KubeObject } from "@percale/resources";
import { MemorySocket, MemorySource } from "@percale/testkit";
import type { WebSocket } from "ws";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { SyncServer } from "./index.ts";
import { connect, heardBy, hello } from "./testdata/client.ts";
import { syncServerOf } from "./testdata/sync-server.ts";

/** Nothing that compresses well. */
const noise = (length: number): string =>
  Array.from({ length: length / 8 }, () => Math.random().toString(36).slice(2, 10).padEnd(8, "x")).join("");
const set = (name: string, length = 0): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "GlobalNetworkSet",
  metadata: { name },
  spec: { nets: [], noise: noise(length) },
});

afterEach(() => void vi.useRealTimers());

const join = (server: SyncServer, more: Partial<Hello> = {}, socket = new MemorySocket()): MemorySocket =>
  hello(connect(server, { socket }), more);
/** How far it has come. */
function revisionOf(socket: MemorySocket): number {
  const revisions = heardBy(socket).map((message) =>
    "toRev" in message ? message.toRev : "revision" in message ? message.revision : 0,
  );
  return Math.max(0, ...revisions);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5);
}

test("a client that reads nothing holds up nobody and costs no memory, and has everything once it reads again", async () => {
  const source = new MemorySource();
  const server = syncServerOf(source);
  const [quick, slow] = [join(server), join(server, { node: "n2" })];
  await until(() => heardBy(slow).some(({ t }) => t === "state"));
  slow.reads = false;
  for (let i = 0; i < 40; i++) {
    source.write([set(`s${i}`, 200_000)]);
    await until(() => revisionOf(quick) === source.revision);
    expect(slow.bufferedAmount).toBeLessThan(1.5 * 1024 * 1024);
  }
  slow.reads = true;
  await until(() => revisionOf(slow) === source.revision);
  const names = heardBy(slow).flatMap((message) => (message.t === "delta" ? message.puts : []));
  expect(new Set(names.map(({ metadata }) => metadata.name)).size).toBe(40);
}, 60_000);

test("a client that lagged behind what the source still knows gets a snapshot on the same connection", async () => {
  const source = new MemorySource();
  const server = syncServerOf(source);
  const slow = join(server);
  await until(() => heardBy(slow).some(({ t }) => t === "state"));
  slow.reads = false;
  for (let i = 0; i < 10; i++) {
    source.write([set(`s${i}`, 400_000)]);
    await delay(5);
  }
  source.compact();
  slow.reads = true;
  await until(() => revisionOf(slow) === source.revision);
  expect(heardBy(slow).filter(({ t }) => t === "snapshotBegin")).toHaveLength(2);
}, 60_000);

test("all who listen are sent the same bytes, compressed once", async () => {
  const source = new MemorySource();
  const server = syncServerOf(source);
  const clients = [join(server), join(server, { node: "n2" })];
  await until(() => clients.every((client) => heardBy(client).some(({ t }) => t === "state")));
  source.write([set("a", 4_000)]);
  await until(() => clients.every((client) => revisionOf(client) === source.revision));
  const [one, other] = clients.map(({ heard }) => heard.at(-1)!);
  expect(one!.isBinary).toBe(true);
  expect(one!.data).toBe(other!.data);
});

test("who speaks none of the server's levels is told both ranges", () => {
  const socket = join(syncServerOf(new MemorySource()), { schemaLevel: 9, minSchemaLevel: 7 });
  const text = "this server speaks schema levels 1 to 2, got 7 to 9";
  expect(heardBy(socket)).toEqual([{ t: "reject", code: "version", text }]);
  expect(socket.closed).toEqual({ code: CloseCode.version, reason: text });
});

test("who speaks level 1 hears text alone, whatever it offers", async () => {
  const source = new MemorySource({ epoch: "e", revision: 1, objects: [set("a", 8_000)] });
  const [old, now] = [1, SCHEMA_LEVEL].map((schemaLevel) => join(syncServerOf(source), { schemaLevel }));
  const isDone = (socket: MemorySocket): boolean => heardBy(socket).some(({ t }) => t === "snapshotEnd");
  await vi.waitFor(() => expect([old!, now!].every(isDone)).toBe(true));
  const hasBinary = ({ heard }: MemorySocket): boolean => heard.some(({ isBinary }) => isBinary);
  expect([hasBinary(old!), hasBinary(now!)]).toEqual([false, true]);
});

test.each<Partial<Hello>>([{ type: "all" }, { scope: "cluster" }, { type: "all", scope: "cluster", schemaLevel: 1 }])(
  "a node is refused more than its own view, and told what to ask for: %j",
  (more) => {
    const socket = join(syncServerOf(new MemorySource()), more);
    const { type = "agent", scope = "node" } = more;
    const text = `a node gets its own view: ask for type agent with scope node, got type ${type} with scope ${scope}`;
    expect(heardBy(socket)).toEqual([{ t: "reject", code: "type", text }]);
    expect(socket.closed).toEqual({ code: CloseCode.type, reason: text });
  },
);

test("nobody resumes what another scope was", async () => {
  const source = new MemorySource();
  const server = syncServerOf(source);
  const first = join(server);
  await until(() => heardBy(first).length > 0);
  const [welcome] = heardBy(first) as [Extract<ServerMessage, { t: "welcome" }>];
  const resume = { epoch: welcome.epoch, revision: 0, scopeDigest: welcome.scopeDigest };
  const others = [
    join(server, { resume }),
    join(server, { resume, node: "n2" }),
    join(server, { resume, schemaLevel: 1 }),
  ];
  await until(() => others.every((other) => heardBy(other).length > 0));
  expect(others.map((other) => heardBy(other)[0])).toMatchObject([
    { mode: "resume", schemaLevel: 2 },
    { mode: "snapshot", schemaLevel: 2 },
    { mode: "snapshot", schemaLevel: 1 },
  ]);
});

/** Places for snapshots as an API has them: who is inside. */
function placesOf(): { inside: string[]; gate: { enter(node: string): boolean; leave(node: string): void } } {
  const inside: string[] = [];
  return {
    inside,
    gate: {
      enter: (node) => inside.push(node) > 0,
      leave: (node) => void inside.splice(inside.indexOf(node), 1),
    },
  };
}

async function largeSnapshot(): Promise<{ socket: MemorySocket; inside: readonly string[] }> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  const source = new MemorySource();
  for (let i = 0; i < 40; i++) source.write([set(`s${i}`, 200_000)]);
  const { inside, gate } = placesOf();
  const socket = new MemorySocket();
  socket.reads = false;
  join(syncServerOf(source, { snapshotGate: gate }), {}, socket);
  while (socket.unread.length < 3) await turn(); // welcome, snapshotBegin, a first part
  return { socket, inside };
}

test("who reads nothing of a snapshot does not keep its place", async () => {
  const { socket, inside } = await largeSnapshot();
  expect(inside).toEqual(["n1"]);
  for (let s = 0; s < 60; s += 10) {
    socket.say({ t: "ping", id: s, timeMs: s });
    await vi.advanceTimersByTimeAsync(10_000);
  }
  while (inside.length > 0) await turn();
  expect(socket.closed).toEqual({ code: CloseCode.slow, reason: "too little of the snapshot was read" });
});

test("who reads slowly, but reads, gets the whole snapshot", async () => {
  const { socket, inside } = await largeSnapshot();
  const isDone = (): boolean => socket.heard.some(({ data, isBinary }) => !isBinary && data.includes('"snapshotEnd"'));
  let seconds = 0;
  for (; !isDone() && socket.closed === undefined; seconds += 10) {
    while (socket.read() && socket.heard.at(-1)!.data.length < 1_000); // to the end of a part: some 130 kB in ten seconds
    socket.say({ t: "ping", id: seconds, timeMs: seconds });
    await vi.advanceTimersByTimeAsync(10_000);
    for (let i = 0; i < 5; i++) await turn();
  }
  expect([socket.closed, inside, seconds > 120]).toEqual([undefined, [], true]);
});

test("who was let go is not listened to any more", async () => {
  const statuses: AgentStatus[] = [];
  const refused: string[] = [];
  const server = syncServerOf(new MemorySource(), { putStatus: async (status) => void statuses.push(status) });
  const socket = new MemorySocket();
  onTestFinished(() => socket.terminate());
  const stream = server.serve({
    socket: socket as unknown as WebSocket,
    refusalOf: ({ node }) => void refused.push(node),
  });
  hello(socket);
  await until(() => heardBy(socket).some(({ t }) => t === "state"));
  socket.say({ t: "status", status: quietStatusOf("n1") });
  await until(() => statuses.length === 1);
  await turn(); // it is kept
  const before = socket.heard.length;
  stream.dismiss("its token ended");
  socket.say({ t: "status", status: { ...quietStatusOf("n1"), inSync: false } });
  socket.say({ t: "ack", applied: 9, programmed: 9 });
  hello(socket, { node: "n2" });
  for (let i = 0; i < 5; i++) await turn();
  expect([statuses, refused]).toEqual([[quietStatusOf("n1")], ["n1"]]);
  expect(heardBy(socket).slice(before)).toEqual([{ t: "reject", code: "auth", text: "its token ended" }]);
});

test("of a client that says much no more than a megabyte is read in a second, and none of it is lost", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  const read: number[] = [];
  const server = syncServerOf(new MemorySource(), {
    putStatus: async ({ appliedRevision }) => void read.push(appliedRevision),
  });
  const socket = join(server);
  const ref = { kind: "WorkloadEndpoint", name: "cart" };
  const workloads = Array.from({ length: 400 }, () => ({ ref, state: "up" as const, interfaceName: noise(900) }));
  const status = { ...quietStatusOf("n1"), workloads };
  for (let i = 1; i <= 8; i++) socket.say({ t: "status", status: { ...status, appliedRevision: i } });
  const newest: (number | undefined)[] = [];
  for (let s = 0; s < 4; s++) {
    for (let i = 0; i < 5; i++) await turn();
    newest.push(read.at(-1));
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect([newest, socket.closed]).toEqual([[1, 4, 7, 8], undefined]);
});
