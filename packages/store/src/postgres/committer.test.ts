import fc from "fast-check";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { silentLogger } from "@percale/daemon";
import type { Change } from "@percale/protocol";
import { API_VERSION, StatusError } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { Cache } from "../cache.ts";
import type { ApplyOptions } from "../datastore.ts";
import { LogServer } from "../testdata/log-server.ts";
import type { Fate } from "../testdata/log-server.ts";
import { Committer } from "./committer.ts";
import { readLog } from "./log.ts";

const kind = "GlobalNetworkSet";

/** One process that writes. */
class Writer {
  readonly cache = new Cache({ objects: [], revision: 0, windowSize: 100 });
  readonly committer: Committer;

  constructor(server: LogServer) {
    const { epoch } = server.tables;
    const now = (): Date => new Date(0);
    this.committer = new Committer({ cache: this.cache, epoch, connect: server.connect, log: silentLogger, now });
  }

  /** `resourceVersion`, or how it was refused. */
  readonly write = async (
    changes: readonly Change[],
    { check, ...more }: { dryRun?: boolean; check?: ApplyOptions["check"] } = {},
  ): Promise<string> =>
    this.committer
      .commit({ author: "alice", reason: "why", requestId: "r-1", changes, ...more }, check)
      .then(({ resourceVersion }) => resourceVersion)
      .catch((error: unknown) => (error instanceof StatusError ? `${error.reason}: ${error.message}` : String(error)));
}

const created = (name: string, spec: unknown = {}): Change => ({
  op: "create",
  object: { apiVersion: API_VERSION, kind, metadata: { name }, spec },
});
const deleted = (name: string): Change => ({ op: "delete", ref: { kind, name } });

const logged = ({ tables }: LogServer) =>
  tables.rows.map(({ revision, set_end, op, name }) => `${revision}/${set_end} ${op} ${name}`);
const writes = ({ statements }: LogServer) => statements.filter((one) => one === "write-group").length;
const refusedFor = (name: string, values: readonly unknown[]): Fate =>
  String(values[4]).includes(`"name":"${name}"`)
    ? Object.assign(new pg.DatabaseError("unsupported Unicode escape sequence", 1, "error"), { code: "22P05" })
    : undefined;

/** The fates of the next statements of a name, one each. */
function fates(server: LogServer, of: string, ...next: readonly Fate[]): void {
  const left = [...next];
  server.fateOf = (statement) => (statement === of ? left.shift() : undefined);
}

afterEach(() => void vi.useRealTimers());

test("what comes in one turn is one group, in the order in which it came", async () => {
  const server = new LogServer();
  const { write, cache } = new Writer(server);
  expect(
    await Promise.all([write([created("a"), created("b")]), write([created("c")]), write([deleted("a")])]),
  ).toEqual(["2", "3", "4"]);
  expect([logged(server), writes(server), cache.revision]).toEqual([
    ["1/2 ADDED a", "2/2 ADDED b", "3/3 ADDED c", "4/4 DELETED a"],
    1,
    4,
  ]);
  expect(server.tables.rows[3]).toMatchObject({
    author: "alice",
    reason: "why",
    request_id: "r-1",
    previous: { kind },
  });
});

test("a set that is refused leaves no trace, and those beside it are written", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  const forbidden = new StatusError("Forbidden", "no");
  const answers = [
    write([created("a")]),
    write([created("b"), created("a")]),
    write([created("c")], { check: () => forbidden }),
  ];
  expect(await Promise.all([...answers, write([created("d")])])).toEqual([
    "1",
    'AlreadyExists: globalnetworksets.projectcalico.org "a" already exists',
    "Forbidden: no",
    "2",
  ]);
  expect(logged(server)).toEqual(["1/1 ADDED a", "2/2 ADDED d"]);
});

test("a rehearsal is answered and not written, and what follows does not build on it", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  expect(await Promise.all([write([created("a")], { dryRun: true }), write([created("a")])])).toEqual(["1", "1"]);
  expect(logged(server)).toEqual(["1/1 ADDED a"]);
});

test.each<[what: string, changes: readonly Change[], answer: string]>([
  ["writes", [created("b")], "2"],
  ["would refuse", [deleted("a")], "2"],
])("a process that another was faster than plans anew what it %s", async (_, changes, answer) => {
  const server = new LogServer();
  const [first, second] = [new Writer(server), new Writer(server)];
  expect(await first.write([created("a")])).toBe("1");
  expect(await second.write(changes)).toBe(answer);
  expect(second.cache.revision).toBe(2);
  expect(await first.write([created("c")])).toBe("3");
});

test("two processes that write at once make one log without gaps", async () => {
  const server = new LogServer();
  const writers = [new Writer(server), new Writer(server)];
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      for (let turn = 0; turn < i % 5; turn++) await Promise.resolve();
      return writers[i % 2]!.write([created(`set-${i}`)]);
    }),
  );
  expect(answers.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(server.tables.rows.map(({ revision }) => revision)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
});

test.each<[when: Fate, statements: number]>([
  ["lost before", 2],
  ["lost after", 2],
])("a write whose connection is %s it was carried out happens once", async (fate, statements) => {
  const server = new LogServer();
  const { write, cache } = new Writer(server);
  fates(server, "write-group", fate);
  expect(await write([created("a")])).toBe("1");
  expect([logged(server), writes(server), cache.revision]).toEqual([["1/1 ADDED a"], statements, 1]);
  expect(await write([created("b")])).toBe("2");
});

test("a connection that ended while idle is replaced before anything is sent on it", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  await write([created("a")]);
  server.restart();
  expect(await write([created("b")])).toBe("2");
  expect(writes(server)).toBe(2);
});

test("a refusal whose connection is lost is an error: nothing was written, and nothing is known", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  fates(server, "read-head", "lost before");
  expect(await write([deleted("a")])).toBe(
    "ServiceUnavailable: the database can't be reached: Connection terminated unexpectedly",
  );
  expect(await write([deleted("a")])).toBe('NotFound: globalnetworksets.projectcalico.org "a" not found');
});

test("nobody's write fails for what the database refuses of another's", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  server.fateOf = (statement, values) => (statement === "write-group" ? refusedFor("bad", values) : undefined);
  const names = ["a", "b", "bad", "c", "d"];
  expect(await Promise.all(names.map((name) => write([created(name)])))).toEqual([
    "1",
    "2",
    "Invalid: the database can't keep this: unsupported Unicode escape sequence",
    "3",
    "4",
  ]);
  expect(server.tables.rows.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
});

test("what was refused after its connection was lost is refused", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  let isFirst = true;
  server.fateOf = (statement, values) => {
    if (statement !== "write-group") return undefined;
    const fate = isFirst ? ("lost before" as const) : refusedFor("bad", values);
    isFirst = false;
    return fate;
  };
  expect(await write([created("bad")])).toContain("Invalid: the database can't keep this");
});

test("an outcome that can't be learnt in time is said to be unknown, and those behind it were not sent", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const server = new LogServer();
  let isAway = false;
  const connect = server.connect;
  Object.assign(server, {
    connect: async () => {
      if (!isAway) return connect();
      vi.advanceTimersByTime(8_000);
      throw new Error("connect ECONNREFUSED");
    },
  });
  const { write } = new Writer(server);
  let second: Promise<string> | undefined;
  server.fateOf = (statement) => {
    if (statement !== "write-group") return undefined;
    isAway = true;
    second = write([created("b")]);
    return "lost before";
  };
  expect(await write([created("a")])).toBe(
    "Timeout: the database was lost while it stored this change, which may or may not have happened: read before trying again",
  );
  expect(await second).toBe("ServiceUnavailable: the database can't be reached: connect ECONNREFUSED");
});

test.each<[what: string, harm: (server: LogServer) => void, why: string]>([
  ["was replaced", ({ tables }) => void Object.assign(tables, { epoch: "other" }), "was replaced or set back"],
  ["was set back", ({ tables }) => void Object.assign(tables, { head: 0, rows: [] }), "was replaced or set back"],
  ["lost its log", ({ tables }) => void Object.assign(tables, { head: 9, rows: [] }), "the log was cut"],
])("a database that %s takes no write", async (_, harm, why) => {
  const server = new LogServer();
  const { write } = new Writer(server);
  await write([created("a")]);
  harm(server);
  expect(await write([created("b")])).toContain(why);
});

test("more than a thousand changes are more than one group", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  const sets = Array.from({ length: 3 }, (_, set) => Array.from({ length: 500 }, (__, i) => created(`${set}-${i}`)));
  expect(await Promise.all(sets.map((changes) => write(changes)))).toEqual(["500", "1000", "1500"]);
  expect(writes(server)).toBe(2);
});

test("a small write shares the next group, however many large ones wait before it", async () => {
  const server = new LogServer();
  const { write } = new Writer(server);
  const large = { note: "x".repeat(9 * 2 ** 20) };
  const order: string[] = [];
  const seen = (name: string, spec: unknown = {}) => write([created(name, spec)]).then(() => order.push(name));
  await Promise.all([seen("a", large), seen("b", large), seen("c", large), seen("small")]);
  expect(order).toEqual(["a", "small", "b", "c"]);
});

test("a closed store finishes what it was given and takes no more", async () => {
  const server = new LogServer();
  const { write, committer } = new Writer(server);
  const last = write([created("a")]);
  await committer.close();
  expect([await last, logged(server), await write([created("b")])]).toEqual([
    "1",
    ["1/1 ADDED a"],
    "ServiceUnavailable: the store is closed",
  ]);
});

const fate = fc.constantFrom<Fate[]>("lost before", "lost after", undefined, undefined, undefined);
const STATEMENTS = new Set(["write-group", "read-head", "read-log", "BEGIN", "COMMIT", "ROLLBACK", "SELECT"]);

test("whatever connection is lost when, what was acknowledged is in the log once and every cache is the log", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 30 }),
      fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 12 }),
      async (all, plan) => {
        const server = new LogServer();
        const left = [...all];
        let isLost = false; // one loss after another is a wait
        server.fateOf = (statement) => {
          const next = STATEMENTS.has(statement) && !isLost ? left.shift() : undefined;
          isLost = next !== undefined;
          return next;
        };
        const writers = [new Writer(server), new Writer(server)];
        const answers = await Promise.all(
          plan.map(async (turns, i) => {
            for (let turn = 0; turn < turns * 7; turn++) await Promise.resolve();
            return writers[i % 2]!.write([created(`set-${i}`)]);
          }),
        );
        const revisionByName = new Map(server.tables.rows.map(({ name, revision }) => [name, String(revision)]));
        expect(revisionByName.size).toBe(server.tables.rows.length);
        for (const [i, answer] of answers.entries())
          expect(/^\d+$/.test(answer) ? revisionByName.get(`set-${i}`) : answer).toBe(answer);
        server.fateOf = () => undefined;
        const client = await server.connect();
        for (const { cache } of writers) {
          cache.advance(await readLog(client, cache.revision));
          const names = cache.objects.list(kind).map(({ metadata }: KubeObject) => metadata.name);
          expect([cache.revision, names]).toEqual([server.tables.head, [...revisionByName.keys()].sort()]);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
