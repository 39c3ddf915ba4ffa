import { expect, test } from "vitest";
import type { Client } from "pg";
import { API_VERSION } from "@percale/resources";
import type { LogEvent } from "../event-window.ts";
import { LogServer } from "../testdata/log-server.ts";
import { hasGroup, readHead, readLog, writeGroup, writeGroupWithin } from "./log.ts";
import type { Group } from "./log.ts";

const ID = "5a4ba6f0-52b4-4a5c-9d3c-0d1f6a1f7a11";

function eventOf(revision: number, setEnd: number, spec: unknown = {}): Group["events"][number] {
  const object = { apiVersion: API_VERSION, kind: "GlobalNetworkSet", metadata: { name: `set-${revision}` }, spec };
  return { revision, setEnd, type: "ADDED", object, author: "alice", reason: "", requestId: "" };
}

/** Change sets of so many events each. */
function setsOf(...sizes: readonly number[]): Group["events"] {
  let revision = 0;
  return sizes.flatMap((size) => {
    const setEnd = revision + size;
    return Array.from({ length: size }, () => eventOf(++revision, setEnd));
  });
}

async function logOf(...sizes: readonly number[]): Promise<{ server: LogServer; client: Client }> {
  const server = new LogServer();
  const client = await server.connect();
  await writeGroup(client, { id: ID, epoch: server.tables.epoch, head: 0, events: setsOf(...sizes) });
  return { server, client };
}

const revisions = (events: readonly LogEvent[]): readonly number[] => events.map(({ revision }) => revision);
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test("an event is read as it was written, and what it replaced with it", async () => {
  const server = new LogServer();
  const client = await server.connect();
  const { author: _, reason: __, requestId: ___, ...made } = eventOf(1, 2);
  const changed: LogEvent = { ...made, revision: 2, type: "MODIFIED", previous: made.object };
  const stamp = { author: "alice", reason: "why", requestId: "r-1" };
  const events = [made, changed].map((event) => ({ ...event, ...stamp }));
  expect(await writeGroup(client, { id: ID, epoch: server.tables.epoch, head: 0, events })).toBe(true);
  expect(await readLog(client, 0)).toEqual([made, changed]);
  expect(await readHead(client)).toMatchObject({ epoch: server.tables.epoch, head: 2 });
});

test.each<[what: string, sizes: readonly number[], since: number, read: readonly number[]]>([
  ["at the end nothing", [3], 3, []],
  ["all that fits", [1, 2], 0, [1, 2, 3]],
  ["from the middle of a set", [1, 3], 2, [3, 4]],
  ["a page that ends with a set", [600, 400, 1], 0, upTo(1, 1_000)],
  ["a page that tears a set, without it", [600, 500], 0, upTo(1, 600)],
  ["a set larger than a page, whole", [2_500, 5], 0, upTo(1, 2_500)],
  ["a set of two pages, whole", [2_000], 0, upTo(1, 2_000)],
])("a read gives %s", async (_, sizes, since, read) => {
  const { client } = await logOf(...sizes);
  expect(revisions(await readLog(client, since))).toEqual(read);
});

test("a set that compaction takes while it is read in parts is not there", async () => {
  const { server, client } = await logOf(2_500);
  let reads = 0;
  server.fateOf = (statement) => {
    if (statement === "read-log" && ++reads === 2)
      server.tables = { ...server.tables, rows: server.tables.rows.slice(1_500) };
    return undefined;
  };
  expect(await readLog(client, 0)).toEqual([]);
});

test("a group is written only where the log still ends at its head", async () => {
  const { server, client } = await logOf(2);
  const { epoch } = server.tables;
  const group = { id: ID, epoch, head: 1, events: [eventOf(2, 2)] };
  expect(await writeGroup(client, group)).toBe(false);
  expect(await writeGroup(client, { ...group, head: 2, epoch: "other", events: [eventOf(3, 3)] })).toBe(false);
  expect(server.tables.rows).toHaveLength(2);
});

test("a log knows the group that follows a head by its id", async () => {
  const { client } = await logOf(2);
  const group = { epoch: "", events: [] };
  expect([
    await hasGroup(client, { ...group, id: ID, head: 0 }),
    await hasGroup(client, { ...group, id: "other", head: 0 }),
    await hasGroup(client, { ...group, id: ID, head: 2 }),
  ]).toEqual([true, false, false]);
});

const MB = 2 ** 20;
const large = (count: number, characters: number) =>
  Array.from({ length: count }, (_, i) => eventOf(i + 1, count, { note: "x".repeat(characters) }));

test.each<[what: string, events: Group["events"], statements: readonly string[]]>([
  ["small", large(3, 100), ["write-group"]],
  ["one megabyte together", large(3, 300_000), ["write-group"]],
  ["larger", large(3, 400_000), ["BEGIN", "write-group", "write-group", "COMMIT"]],
  ["each larger than a megabyte", large(2, MB), ["BEGIN", "write-group", "write-group", "COMMIT"]],
])("events that are %s take so many statements, all or none of them", async (_, events, statements) => {
  const server = new LogServer();
  const client = await server.connect();
  expect(await writeGroup(client, { id: ID, epoch: server.tables.epoch, head: 0, events })).toBe(true);
  expect(server.statements).toEqual(statements);
  expect([server.tables.head, revisions(await readLog(client, 0))]).toEqual([events.length, upTo(1, events.length)]);
  expect(await writeGroup(client, { id: ID, epoch: server.tables.epoch, head: 0, events })).toBe(false);
  expect(server.tables.rows).toHaveLength(events.length);
});

test("a statement's patience grows with what it carries", async () => {
  const patience: unknown[] = [];
  const client = {
    query: async (query: { query_timeout: number }) => (patience.push(query.query_timeout), { rowCount: 1 }),
  };
  const fake = client as unknown as Client; // hears how long each answer may take
  await writeGroupWithin(fake, { id: ID, epoch: "", head: 0, events: large(1, 0) });
  await writeGroupWithin(fake, { id: ID, epoch: "", head: 0, events: large(1, 3 * MB) });
  const [short, long] = patience.map((ms) => Math.round(Number(ms) / 1_000));
  expect([short, long]).toEqual([10, 13]);
});
