import pg from "pg";
import type { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import type { ChangeSetResult } from "@percale/protocol";
import { refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { Cache } from "../cache.ts";
import { openPostgresStore, startTestPostgres } from "../index.ts";
import type { Datastore } from "../index.ts";
import type { TestPostgres } from "../test-postgres.ts";
import { Committer } from "./committer.ts";
import { clientConfig, connect } from "./connection.ts";
import { readHead, readLog } from "./log.ts";

const MB = 2 ** 20;

let postgres: TestPostgres;
let store: Datastore;
let admin: Client;
beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openPostgresStore({ url: postgres.url, windowSize: 4 });
  admin = new pg.Client(clientConfig(postgres.url, "test"));
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await store.close();
  await postgres.stop();
});

const author = "alice";
const kind = "GlobalNetworkSet";

function large(name: string, characters: number): KubeObject {
  return { apiVersion: "projectcalico.org/v3", kind, metadata: { name }, spec: { note: "x".repeat(characters) } };
}

function named(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}

async function create(...objects: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  return (await store.apply({ author, changes: objects.map((object) => ({ op: "create", object })) })).objects;
}

async function label(object: KubeObject, value: string): Promise<ChangeSetResult> {
  const labelled = { ...object, metadata: { ...object.metadata, labels: { value } } };
  return store.apply({ author, changes: [{ op: "update", object: labelled }] });
}

async function groupsSince(revision: number): Promise<{ readonly sets: number; readonly bytes: number }[]> {
  const { rows } = await admin.query<{ sets: number; bytes: number }>(
    `SELECT count(DISTINCT set_end)::int AS sets, sum(octet_length(body::text) + COALESCE(octet_length(previous::text), 0))::int AS bytes
      FROM revisions WHERE revision > $1 GROUP BY group_id ORDER BY min(revision)`,
    [revision],
  );
  return rows;
}

interface Question {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly query_timeout?: number;
}

/** Connects so that a test looks at each query once it is answered, and may cut the connection off then. */
function spied(seen: (question: Question, client: Client) => Promise<void> | void): () => Promise<Client> {
  return async () => {
    const client = await connect(postgres.url, "spied");
    const query = client.query.bind(client) as (question: Question) => Promise<pg.QueryResult>;
    const spy = async (asked: string | pg.QueryConfig, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
      const question = { values, ...(typeof asked === "string" ? { text: asked } : asked) };
      const answer = await query(question);
      await seen(question, client);
      return answer;
    };
    return Object.assign(client, { query: spy });
  };
}

async function committer(open: () => Promise<Client>): Promise<Committer> {
  const { epoch, head } = await readHead(admin);
  const { objects } = await store.snapshot();
  const cache = new Cache({ objects, revision: head, windowSize: 10 });
  return new Committer({ cache, epoch, connect: open, log: silentLogger, now: () => new Date() });
}

const isWrite = (text: string): boolean => text.includes("INSERT INTO revisions");
const cutOff = (client: Client): void =>
  void (client as unknown as { connection: pg.Connection }).connection.stream.destroy();

test("a group of large objects ends at about eight megabytes, and small writes pass what waits behind it", async () => {
  const objects: KubeObject[] = [];
  for (const name of named("grouped", 16)) objects.push(...(await create(large(name, 1.3 * MB))));
  const before = await store.head();
  const writes = objects.map(async (object) => label(object, "a"));
  await Promise.all([...writes, ...named("beside", 20).map(async (name) => create(large(name, 10)))]);
  const groups = await groupsSince(before);
  expect(Math.max(...groups.map(({ bytes }) => bytes))).toBeLessThan(11 * MB);
  // Sixteen of 2.6 MB: four at most in a group. The small ones are in the second.
  expect(groups.map(({ sets }) => sets)).toEqual([4, 24, 4, 4]);
});

test("no statement carries more than about a megabyte or one row, and each is waited for as its length asks", async () => {
  const pieces: { readonly characters: number; readonly patience: number }[] = [];
  const open = spied(({ text, values, query_timeout: patience = 0 }) => {
    if (isWrite(text)) pieces.push({ characters: String(values[4]).length, patience });
  });
  const writer = await committer(open);
  const changes = named("piece", 40).map((name) => ({ op: "create" as const, object: large(name, 100_000) }));
  await writer.commit({ author, changes: [...changes, { op: "create", object: large("piece", 2 * MB) }] }, undefined);
  await writer.close();
  const last = pieces.pop()!;
  expect(pieces).toHaveLength(4);
  expect(Math.max(...pieces.map(({ characters }) => characters))).toBeLessThanOrEqual(MB);
  expect(last.characters).toBeLessThan(2.1 * MB);
  expect(last.patience).toBeGreaterThan(Math.max(...pieces.map(({ patience }) => patience)));
});

test("a small group is one statement", async () => {
  const texts: string[] = [];
  const writer = await committer(spied(({ text }) => void texts.push(text)));
  await writer.commit({ author, changes: [{ op: "create", object: large("one", 10) }] }, undefined);
  await writer.close();
  expect(texts.map(isWrite)).toEqual([true]);
});

test("a set that writes too much is refused before it is written, and nobody else's", async () => {
  const names = named("much", 12);
  for (const name of names) await create(large(name, 1.5 * MB));
  const changes = names.map((name) => ({ op: "delete" as const, ref: { kind, name } }));
  const before = await store.head();
  const deletion = store.apply({ author, changes });
  await Promise.all([
    expect(deletion).rejects.toMatchObject({
      code: 413,
      reason: "RequestEntityTooLarge",
      message: expect.stringMatching(/32 MB.*first 11 of 12 changes.*split it/),
    }),
    create(large("not-much", 10)),
  ]);
  expect(await store.head()).toBe(before + 1);
  await store.apply({ author, changes: changes.slice(0, 6) });
  expect(await store.head()).toBe(before + 7);
});

test("what the database refuses in a later statement of a group takes its set back whole, and no other", async () => {
  const bad = large("refused-4", 10);
  const objects = [...named("refused", 4).map((name) => large(name, MB)), { ...bad, spec: { note: "\0" } }];
  const before = await store.head();
  const outcomes = await Promise.allSettled([
    create(large("kept-0", MB)),
    create(...objects),
    create(large("kept-1", MB)),
  ]);
  expect(outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : 200))).toEqual([
    200, 422, 200,
  ]);
  expect(await store.head()).toBe(before + 2);
  expect(await store.get(refOf(objects[0]!))).toBeUndefined();
});

test.each([1, 2, 3, 4, 5, 6])(
  "a connection lost after query %i of a transaction changes nothing about its outcome: it is written once and whole",
  async (lostAfter) => {
    let queries = 0;
    const open = spied((_, client) => {
      if (++queries !== lostAfter) return;
      cutOff(client);
      throw new Error("Connection terminated unexpectedly"); // as pg says it, whose answer is lost
    });
    const writer = await committer(open);
    const before = await store.head();
    const objects = named(`lost-${lostAfter}`, 4).map((name) => large(name, 0.9 * MB));
    const changes = objects.map((object) => ({ op: "create" as const, object }));
    const { resourceVersion } = await writer.commit({ author, changes }, undefined);
    await writer.close();
    expect(queries).toBeGreaterThanOrEqual(lostAfter);
    expect([Number(resourceVersion), await store.head()]).toEqual([before + 4, before + 4]);
    const { rows } = await admin.query("SELECT revision, name FROM revisions WHERE revision > $1 ORDER BY 1", [before]);
    expect(rows).toEqual(objects.map(({ metadata: { name } }, i) => ({ revision: before + 1 + i, name })));
    const stored = await admin.query("SELECT FROM objects WHERE revision > $1", [before]);
    expect(stored.rowCount).toBe(4);
  },
);

test("nobody sees a part of a group while it is written", async () => {
  const heads: number[] = [];
  const open = spied(async ({ text }) => void (isWrite(text) && heads.push((await readHead(admin)).head)));
  const writer = await committer(open);
  const before = await store.head();
  const changes = named("seen", 4).map((name) => ({ op: "create" as const, object: large(name, 0.9 * MB) }));
  await writer.commit({ author, changes }, undefined);
  await writer.close();
  expect(heads).toEqual([before, before, before, before]);
  expect(await store.head()).toBe(before + 4);
});

test("another process that wrote meanwhile is caught up with, and the large group follows", async () => {
  const writer = await committer(async () => connect(postgres.url, "second"));
  const [first] = await create(large("contended", 10));
  const changes = named("contended", 3).map((name) => ({ op: "create" as const, object: large(name, 0.9 * MB) }));
  const { resourceVersion } = await writer.commit({ author, changes }, undefined);
  await writer.close();
  expect(Number(resourceVersion)).toBe(Number(first!.metadata.resourceVersion) + 3);
  expect(await store.head()).toBe(Number(resourceVersion));
});

test("of large events a page of the log holds fewer, of large sets one whole, however large", async () => {
  const since = await store.head();
  for (const name of named("paged", 6)) await create(large(name, 0.4 * MB));
  await create(...named("whole", 6).map((name) => large(name, 0.6 * MB)));
  await create(large("after", 10));
  const pages: number[] = [];
  for (let from = since; ;) {
    const events = await readLog(admin, from);
    if (events.length === 0) break;
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => from + 1 + i));
    expect(events.at(-1)!.revision).toBe(events.at(-1)!.setEnd);
    pages.push(events.length);
    from = events.at(-1)!.revision;
  }
  expect(pages).toEqual([3, 3, 6, 1]);
});

test("a list of large objects as it was before the window is read in parts, and whole", async () => {
  const objects: KubeObject[] = [];
  for (const name of named("undone", 6)) objects.push(...(await create(large(name, 0.4 * MB))));
  const before = await store.list({ kind });
  for (const object of objects.slice(0, 3)) await label(object, "b");
  await store.apply({ author, changes: objects.slice(3).map((object) => ({ op: "delete", ref: refOf(object) })) });
  expect(await store.list({ kind, revision: before.revision, exact: true })).toEqual(before);
});

test("of large objects an answer holds fewer activities, and the rest can be asked for", async () => {
  let [object] = await create(large("often", MB / 2));
  for (const value of ["a", "b", "c", "d"]) object = (await label(object!, value)).objects[0]!;
  expect((await store.history(refOf(object!))).length).toBeLessThan(5);
  const revisions: number[] = [];
  for (let before: number | undefined; revisions.length < 5; before = revisions.at(-1)!) {
    const page = await store.changes({ limit: 5, ...(before !== undefined && { before }) });
    revisions.push(...page.map(({ revision }) => revision));
  }
  const newest = Number(object!.metadata.resourceVersion);
  expect(revisions.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => newest - i));
});
