import pg from "pg";
import type { Client, Pool } from "pg";
import { silentLogger } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { ChangeSetResult } from "@percale/protocol";
import { fromStored } from "@percale/resources";
import type { KubeObject, ObjectRef, StoredObject } from "@percale/resources";
import { Cache } from "../cache.ts";
import { CachedReads } from "../cached-reads.ts";
import type {
  Activity,
  ApplyOptions,
  AuthoredChangeSet,
  Datastore,
  ListOptions,
  ObjectList,
  Retention,
  Snapshot,
  StoreBookmark,
  StoreEvent,
  StoreOptions,
  WatchOptions,
} from "../datastore.ts";
import type { Log } from "../log.ts";
import { Committer } from "./committer.ts";
import { clientConfig, connect } from "./connection.ts";
import type { PostgresOptions } from "./connection.ts";
import { compactLog, readChanges, readHistory, readOldest, readUndo } from "./history.ts";
import { readHead, readLog } from "./log.ts";
import { migrate } from "./migrate.ts";
import { Pulse } from "./pulse.ts";
import { refusalOf } from "./refusal.ts";
import { sharedQuestion } from "./shared-questions.ts";
import { runTail } from "./tail.ts";

const NAME = "percale";
const COMPACT_EVERY_MS = 10 * 60_000;
const KEEP = { revisions: 100_000, ms: 30 * 24 * 3_600_000 };

export interface PostgresStoreOptions extends StoreOptions, PostgresOptions {}

/** Migrates the database if need be, reads it whole, and follows it. Throws ServiceUnavailable if it can't be reached. */
export async function openPostgresStore({
  url,
  log = silentLogger,
  now = () => new Date(),
  windowSize = 10_000,
  windowBytes = 64 * 2 ** 20,
  ...patience
}: PostgresStoreOptions): Promise<Datastore> {
  const open = (): Promise<Client> => connect(url, NAME);
  try {
    const client = await open();
    try {
      await migrate(client, log);
      const { epoch, head, objects } = await readAll(client);
      const cache = new Cache({ objects, revision: head, windowSize, windowBytes });
      return new PostgresStore({ url, log, now, open, epoch, cache, patience });
    } finally {
      await client.end();
    }
  } catch (error) {
    throw refusalOf(error);
  }
}

async function readAll(client: Client): Promise<{ epoch: string; head: number; objects: KubeObject[] }> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const { epoch, head } = await readHead(client);
  const { rows } = await client.query<{ body: StoredObject }>(
    "SELECT body FROM objects ORDER BY kind, namespace, name",
  );
  await client.query("COMMIT");
  return { epoch, head, objects: rows.map(({ body }) => fromStored(body)) };
}

interface Parts {
  readonly url: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly open: () => Promise<Client>;
  readonly epoch: string;
  readonly cache: Cache;
  readonly patience: Pick<StoreOptions, "waitMs" | "bookmarkMs">;
}

/**
 *   writes ─► Committer ─► Postgres ─► tail (LISTEN/NOTIFY) ─► Cache ─► watches, lists
 *                  └──────── own commits, in order ────────────┘
 */
class PostgresStore implements Datastore {
  readonly epoch: string;
  readonly #reads: CachedReads;
  readonly #pool: Pool;
  readonly #head: () => Promise<number>;
  readonly #committer: Committer;
  readonly #closing = new AbortController();
  readonly #tail: Promise<void>;
  readonly #pulse = new Pulse();
  readonly #beating: Promise<void>;
  readonly #compaction: NodeJS.Timeout;
  #closed: Promise<void> | undefined;
  #isConnected = true;
  #lostBy: unknown;

  constructor({ url, log, now, open, epoch, cache, patience }: Parts) {
    this.epoch = epoch;
    this.#pool = new pg.Pool({ ...clientConfig(url, NAME), max: 4, allowExitOnIdle: true });
    this.#pool.on("error", (error) => log.debug("idle database connection lost", { error }));
    this.#head = sharedQuestion(async () => (await answered(readHead(this.#pool))).head);
    this.#committer = new Committer({ cache, epoch, connect: open, log, now });
    const { signal } = this.#closing;
    this.#reads = new CachedReads({ cache, closed: signal, ...patience, log: this.#log() });
    const onConnected = (isConnected: boolean, error?: unknown): void => {
      this.#isConnected = isConnected;
      this.#lostBy = error;
    };
    const { written } = this.#committer;
    this.#tail = runTail({ connect: open, cache, epoch, log, signal, written, onConnected });
    this.#beating = this.#pulse.run(open, signal);
    const old = (): Retention => ({ keepRevisions: KEEP.revisions, olderThan: new Date(now().getTime() - KEEP.ms) });
    this.#compaction = setInterval(() => {
      this.compact(old()).catch((error: unknown) => log.warn("compaction failed", { error }));
    }, COMPACT_EVERY_MS).unref();
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  heardMs(): number {
    return this.#pulse.heardMs();
  }

  head(): Promise<number> {
    return this.#isConnected ? this.#head() : Promise.reject(refusalOf(this.#lostBy));
  }

  get(ref: ObjectRef): Promise<KubeObject | undefined> {
    return this.#reads.get(ref);
  }

  list(options: ListOptions): Promise<ObjectList> {
    return this.#reads.list(options);
  }

  snapshot(kinds?: readonly string[]): Promise<Snapshot> {
    return this.#reads.snapshot(kinds);
  }

  apply(changeSet: AuthoredChangeSet, { check }: ApplyOptions = {}): Promise<ChangeSetResult> {
    // Known to be away: said at once, instead of after a wait for each write.
    if (!this.#isConnected) return Promise.reject(refusalOf(this.#lostBy));
    return this.#committer.commit(changeSet, check);
  }

  watch(options: WatchOptions & { readonly bookmarks: true }): AsyncIterable<StoreEvent | StoreBookmark>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent | StoreBookmark> {
    return this.#reads.watch(options);
  }

  async history(ref: ObjectRef, { limit = 50 }: { readonly limit?: number } = {}): Promise<Activity[]> {
    return answered(readHistory(this.#pool, ref, limit));
  }

  async changes({ limit = 50, before }: { readonly limit?: number; readonly before?: number } = {}): Promise<
    Activity[]
  > {
    return answered(readChanges(this.#pool, limit, before));
  }

  async oldest(): Promise<number | undefined> {
    return answered(readOldest(this.#pool));
  }

  async compact(retention: Retention = {}): Promise<{ readonly removed: number }> {
    const head = await this.head();
    const { neededSince } = this.#reads;
    return { removed: await answered(compactLog(this.#pool, retention, { head, neededSince })) };
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#end());
  }

  async #end(): Promise<void> {
    clearInterval(this.#compaction);
    await this.#committer.close();
    this.#closing.abort();
    await Promise.all([this.#tail, this.#beating]);
    await this.#pool.end();
  }

  #log(): Log {
    return {
      head: () => this.head(),
      read: (since) => readLog(this.#pool, since),
      undo: (range) => answered(readUndo(this.#pool, range)),
    };
  }
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw refusalOf(error);
  }
}
