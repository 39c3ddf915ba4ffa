import { afterEach, expect, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { API_VERSION } from "@percale/resources";
import { Cache } from "../cache.ts";
import type { LogEvent } from "../event-window.ts";
import { LogServer } from "../testdata/log-server.ts";
import { writeGroup } from "./log.ts";
import { runTail } from "./tail.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A cache that follows the log, and what is said of its connection. */
function follow(
  server: LogServer,
  { connect = server.connect, epoch = server.tables.epoch, written = () => Promise.resolve() } = {},
) {
  const cache = new Cache({ objects: [], revision: 0, windowSize: 100 });
  const told: string[] = [];
  const closing = new AbortController();
  const { signal } = closing;
  const onConnected = (isConnected: boolean, error?: unknown): void =>
    void told.push(isConnected ? "connected" : `lost: ${error instanceof Error ? error.message : String(error)}`);
  const tail = runTail({ connect, cache, epoch, log: silentLogger, signal, written, onConnected });
  stops.push(() => {
    closing.abort();
    return tail;
  });
  return { cache, told };
}

async function write(server: LogServer): Promise<LogEvent> {
  const { epoch, head } = server.tables;
  const revision = head + 1;
  const object = { apiVersion: API_VERSION, kind: "GlobalNetworkSet", metadata: { name: `set-${revision}` }, spec: {} };
  const event = {
    revision,
    setEnd: revision,
    type: "ADDED",
    object,
    author: "alice",
    reason: "",
    requestId: "",
  } as const;
  await writeGroup(await server.connect(), { id: "id", epoch, head, events: [event] });
  return event;
}

async function reached(cache: Cache, revision: number): Promise<void> {
  await expect.poll(() => cache.revision, { timeout: 20_000, interval: 5 }).toBe(revision);
}

test("a cache follows what others write, from what was there before", async () => {
  const server = new LogServer();
  await write(server);
  const { cache, told } = follow(server);
  await reached(cache, 1);
  await write(server);
  await write(server);
  await reached(cache, 3);
  expect(told).toEqual(["connected"]);
});

test("a lost connection is told, made again, and what was written meanwhile is caught up", async () => {
  const server = new LogServer();
  const { cache, told } = follow(server);
  await write(server);
  await reached(cache, 1);
  server.restart();
  await write(server);
  await reached(cache, 2);
  await write(server);
  await reached(cache, 3);
  expect(told).toEqual(["connected", "lost: the database closed the connection", "connected"]);
});

test("while there is no database it says why and tries again", async () => {
  const server = new LogServer();
  let refusals = 2;
  const connect = () => (refusals-- > 0 ? Promise.reject(new Error("connect ECONNREFUSED")) : server.connect());
  await write(server);
  const { cache, told } = follow(server, { connect });
  await reached(cache, 1);
  expect(told).toEqual(["lost: connect ECONNREFUSED", "lost: connect ECONNREFUSED", "connected"]);
});

test("a database that was replaced is not followed", async () => {
  const server = new LogServer();
  await write(server);
  const { cache, told } = follow(server, { epoch: "other" });
  await expect.poll(() => told[0]).toBe("lost: the database was replaced or set back: restart the API server");
  expect(cache.revision).toBe(0);
});

test("what this process writes itself is waited for, not read", async () => {
  const server = new LogServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  let waits = 0;
  const written = (): Promise<void> => {
    waits++;
    return promise;
  };
  const { cache, told } = follow(server, { written });
  await expect.poll(() => told).toEqual(["connected"]);
  const readings = (): number => server.statements.filter((statement) => statement === "read-log").length;
  const before = readings();
  const own = await write(server);
  await expect.poll(() => waits).toBe(1);
  cache.advance([own]);
  resolve();
  await write(server);
  await reached(cache, 2);
  await expect.poll(readings).toBe(before + 2); // somebody else's, and the end after it
});

test("what others write is seen though what this process writes takes for ever", async () => {
  const server = new LogServer();
  const { cache, told } = follow(server, { written: () => new Promise(() => undefined) });
  await expect.poll(() => told).toEqual(["connected"]);
  await write(server);
  await reached(cache, 1);
});
