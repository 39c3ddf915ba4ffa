import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgresRecords, openPostgresStore, startTestPostgres } from "./index.ts";
import type { Activity, Datastore, Records } from "./index.ts";
import type { TestPostgres } from "./test-postgres.ts";

let postgres: TestPostgres;
let store: Datastore;
let records: Records;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openPostgresStore({ url: postgres.url });
  records = await openPostgresRecords({ url: postgres.url });
});
afterAll(async () => {
  await store.close();
  await records.close();
  await postgres.stop();
});

interface Writer {
  readonly child: ChildProcess;
  readonly acks: { readonly revision: number; readonly name: string; readonly n: number }[];
  readonly saw: number[];
}

/** A real process with a store of its own. */
async function startWriter(author: string): Promise<Writer> {
  const script = join(import.meta.dirname, "testdata/writer.ts");
  const child = spawn(process.execPath, [script, postgres.url, author, "6"], { stdio: ["ignore", "pipe", "inherit"] });
  const writer: Writer = { child, acks: [], saw: [] };
  const ready = Promise.withResolvers<void>();
  child.once("exit", (code) => ready.reject(new Error(`the writer ended with ${code}`)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [word, revision, name = "", n] = line.split(" ");
    if (word === "ready") ready.resolve();
    else if (word === "ack") writer.acks.push({ revision: Number(revision), name, n: Number(n) });
    else writer.saw.push(Number(revision));
  });
  await ready.promise;
  return writer;
}

async function moreAcks(writer: Writer, count: number): Promise<void> {
  for (const goal = writer.acks.length + count; writer.acks.length < goal; await delay(5))
    if (writer.child.exitCode !== null) throw new Error(`the writer ended with ${writer.child.exitCode}`);
}

async function end({ child }: Writer, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
}

async function wholeLog(): Promise<Activity[]> {
  const log: Activity[] = [];
  for (let before: number | undefined; ; before = log.at(-1)!.revision) {
    const page = await store.changes({ limit: 1_000, ...(before !== undefined && { before }) });
    if (page.length === 0) return log.reverse();
    log.push(...page);
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

test("two processes write while one of them and Postgres are killed: nothing acknowledged is lost, all see one order", async () => {
  const counters = Array.from({ length: 12 }, (_, i) => ({
    op: "create" as const,
    object: {
      apiVersion: "projectcalico.org/v3",
      kind: "Profile",
      metadata: { name: `counter-${i}` },
      spec: { n: 0 },
    },
  }));
  await store.apply({ author: "test", changes: counters });
  const stop = new AbortController();
  const saw: number[] = [];
  const watching = (async () => {
    for await (const { revision } of store.watch({ since: 0, signal: stop.signal })) saw.push(revision);
  })();

  const [survivor, victim] = await Promise.all([startWriter("survivor"), startWriter("victim")]);
  for (let round = 0; round < 3; round++) {
    await moreAcks(survivor, 50 + Math.floor(Math.random() * 150));
    process.kill(postgres.server.pid!, "SIGKILL");
    await moreAcks(survivor, 100);
  }
  await moreAcks(victim, 20);
  await end(victim, "SIGKILL");
  await moreAcks(survivor, 200);
  await end(survivor, "SIGTERM");

  const head = await store.head();
  const log = await wholeLog();
  while (saw.length < head) await delay(10);
  stop.abort();
  await watching;

  expect(log.map(({ revision }) => revision)).toEqual(upTo(head));
  expect(saw).toEqual(upTo(head));
  expect(survivor.saw).toEqual(upTo(head));
  expect(victim.acks.length).toBeGreaterThan(0);
  expect(victim.saw).toEqual(upTo(victim.saw.length));
  const written = new Map(log.map(({ revision, ref, object }) => [revision, { name: ref.name, spec: object.spec }]));
  for (const { revision, name, n } of [...survivor.acks, ...victim.acks])
    expect(written.get(revision)).toEqual({ name, spec: { n } });
  for (const { object, previous } of log.slice(counters.length))
    expect(object.spec).toEqual({ n: (previous!.spec as { n: number }).n + 1 });
});

test("without a database calls fail with 503 and a reason, and all recovers by itself", async () => {
  const before = await store.snapshot();
  await postgres.server.stop();
  await expect(store.head()).rejects.toMatchObject({ reason: "ServiceUnavailable", message: /database/ });
  const changes = [{ op: "delete" as const, ref: { kind: "Profile", name: "counter-0" } }];
  await expect(store.apply({ author: "test", changes })).rejects.toMatchObject({ code: 503 });
  await expect(records.tokens.list()).rejects.toMatchObject({ code: 503 });
  expect((await store.list({ kind: "Profile", revision: 0 })).items).toHaveLength(12);
  await postgres.server.restart();
  await expect.poll(() => store.isConnected(), { timeout: 20_000 }).toBe(true);
  expect(await store.snapshot()).toEqual(before);
  await store.apply({ author: "test", changes });
  expect(await records.tokens.list()).toEqual([]);
  expect((await store.list({ kind: "Profile" })).items).toHaveLength(11);
});
