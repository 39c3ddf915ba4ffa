import pg from "pg";
import type { Client, Pool } from "pg";
import { PrismaPg } from "@prisma/adapter-pg";
import { silentLogger } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { ChangeSetResult } from "@percale/protocol";
import { expired, timeout } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { PrismaClient } from "../../generated/client.ts";
import { Cache, undone } from "../cache.ts";
import type {
  Activity,
  AgentStatusRecords,
  ApplyOptions,
  AuthoredChangeSet,
  Datastore,
  ListOptions,
  ObjectList,
  Retention,
  SettingRecords,
  Snapshot,
  StoreBookmark,
  StoreEvent,
  TokenRecords,
  WatchOptions,
} from "../datastore.ts";
import { AgentFeed } from "./agent-feed.ts";
import { Committer } from "./committer.ts";
import { ANSWER_MS, clientConfig, connect } from "./connection.ts";
import { compactLog, readChanges, readHistory, readOldest, readUndo } from "./history.ts";
import { readHead } from "./log.ts";
import { migrate } from "./migrate.ts";
import { agentStatusTable, settingRecords, tokenRecords } from "./records.ts";
import { refusalOf } from "./refusal.ts";
import { runTail } from "./tail.ts";
import { watchEvents } from "./watch.ts";
import type { WatchPosition } from "./watch.ts";

const NAME = "percale";
const WAIT_MS = 3_000; // Kubernetes' patience with a resourceVersion from the future
const COMPACT_EVERY_MS = 10 * 60_000;
const KEEP = { revisions: 100_000, ms: 30 * 24 * 3_600_000 };

export interface PostgresStoreOptions {
  /** Any Postgres ≥ 14. */
  readonly url: string;
  readonly log?: Logger;
  readonly now?: () => Date;
  /** Events kept in memory for watchers, and the memory that they may take; older ones are read from the log. */
  readonly windowSize?: number;
  readonly windowBytes?: number;
}

/** Migrates the database if need be, reads it whole, and follows it. Throws ServiceUnavailable if it can't be reached. */
export async function openPostgresStore({
  url,
  log = silentLogger,
  now = () => new Date(),
  windowSize = 10_000,
  windowBytes = 64 * 2 ** 20,
}: PostgresStoreOptions): Promise<Datastore> {
  const open = (): Promise<Client> => connect(url, NAME);
  try {
    const client = await open();
    try {
      await migrate(client, log);
      const { epoch, head, objects } = await readAll(client);
      const cache = new Cache({ objects, revision: head, windowSize, windowBytes });
      return new PostgresStore({ url, log, now, open, epoch, cache });
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
  const { rows } = await client.query<{ body: KubeObject }>("SELECT body FROM objects ORDER BY kind, namespace, name");
  await client.query("COMMIT");
  return { epoch, head, objects: rows.map(({ body }) => body) };
}

interface Parts {
  readonly url: string;
  readonly log: Logger;
  readonly now: () => Date;
  readonly open: () => Promise<Client>;
  readonly epoch: string;
  readonly cache: Cache;
}

/**
 *   writes ─► Committer ─► Postgres ─► tail (LISTEN/NOTIFY) ─► Cache ─► watches, lists
 *                  └──────── own commits, in order ────────────┘
 */
class PostgresStore implements Datastore {
  readonly epoch: string;
  readonly agentStatus: AgentStatusRecords;
  readonly tokens: TokenRecords;
  readonly settings: SettingRecords;
  readonly #cache: Cache;
  readonly #pool: Pool;
  readonly #prisma: PrismaClient;
  readonly #committer: Committer;
  readonly #closing = new AbortController();
  readonly #tail: Promise<void>;
  readonly #positions = new Set<WatchPosition>();
  readonly #compaction: NodeJS.Timeout;
  #isConnected = true;
  #lostBy: unknown;
  #nextHead: Promise<number> | undefined;
  #currentHead: Promise<number> = Promise.resolve(0);

  constructor({ url, log, now, open, epoch, cache }: Parts) {
    this.epoch = epoch;
    this.#cache = cache;
    this.#pool = new pg.Pool({ ...clientConfig(url, NAME), max: 4, allowExitOnIdle: true });
    this.#pool.on("error", (error) => log.debug("idle database connection lost", { error }));
    // The adapter reads whole bigints itself, so it gets a configuration without our parsers; two connections serve small tables.
    const small = { connectionString: url, max: 2, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS };
    this.#prisma = new PrismaClient({ adapter: new PrismaPg(small) });
    this.#committer = new Committer({ cache, epoch, connect: open, log, now });
    const { signal } = this.#closing;
    const feed = new AgentFeed(agentStatusTable(this.#prisma), signal);
    this.agentStatus = feed.records();
    this.tokens = tokenRecords(this.#prisma, now);
    this.settings = settingRecords(this.#prisma);
    const onConnected = (isConnected: boolean, error?: unknown): void => {
      this.#isConnected = isConnected;
      this.#lostBy = error;
    };
    this.#tail = runTail({ connect: open, cache, epoch, log, signal, onAgentStatus: feed.changed, onConnected });
    const old = (): Retention => ({ keepRevisions: KEEP.revisions, olderThan: new Date(now().getTime() - KEEP.ms) });
    this.#compaction = setInterval(() => {
      this.compact(old()).catch((error: unknown) => log.warn("compaction failed", { error }));
    }, COMPACT_EVERY_MS).unref();
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  /** Readers that come while a question is under way share the next one: its answer is certainly not older than their call. */
  head(): Promise<number> {
    if (!this.#isConnected) return Promise.reject(refusalOf(this.#lostBy));
    this.#nextHead ??= this.#currentHead
      .catch(() => 0)
      .then(() => {
        this.#nextHead = undefined;
        this.#currentHead = readHead(this.#pool).then(
          ({ head }) => head,
          (error: unknown) => {
            throw refusalOf(error);
          },
        );
        return this.#currentHead;
      });
    return this.#nextHead;
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    await this.#reach(await this.head());
    return this.#cache.objects.get(ref);
  }

  async list({ kind, namespace, revision, exact = false }: ListOptions): Promise<ObjectList> {
    await this.#reach(revision ?? (await this.head()));
    if (!exact || revision === undefined)
      return { items: this.#cache.objects.list(kind, namespace), revision: this.#cache.revision };
    const items = this.#cache.listAt(kind, revision) ?? (await this.#listFromLog(kind, revision));
    return {
      items: namespace === undefined ? items : items.filter(({ metadata }) => metadata.namespace === namespace),
      revision,
    };
  }

  /** What the window no longer holds the log does, until compaction: pages of a long list outlive many writes. */
  async #listFromLog(kind: string, revision: number): Promise<KubeObject[]> {
    const { revision: to } = this.#cache;
    const newest = this.#cache.objects.list(kind);
    const undo = await readUndo(this.#pool, { kind, from: revision, to }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    if (undo === undefined) throw expired();
    return undone(newest, undo);
  }

  async snapshot(kinds?: readonly string[]): Promise<Snapshot> {
    await this.#reach(await this.head());
    const { objects, revision } = this.#cache;
    return { revision, objects: (kinds ?? objects.kinds()).flatMap((kind) => objects.list(kind)) };
  }

  apply(changeSet: AuthoredChangeSet, { check }: ApplyOptions = {}): Promise<ChangeSetResult> {
    // Known to be away: said at once, instead of after a wait for each write.
    if (!this.#isConnected) return Promise.reject(refusalOf(this.#lostBy));
    return this.#committer.commit(changeSet, check);
  }

  watch(options: WatchOptions & { readonly bookmarks: true }): AsyncIterable<StoreEvent | StoreBookmark>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent | StoreBookmark> {
    const position = { revision: options.since ?? this.#cache.revision };
    return this.#follow(position, options);
  }

  async history(ref: ObjectRef, { limit = 50 }: { readonly limit?: number } = {}): Promise<Activity[]> {
    return readHistory(this.#pool, ref, limit).catch((error: unknown) => Promise.reject(refusalOf(error)));
  }

  async changes({ limit = 50, before }: { readonly limit?: number; readonly before?: number } = {}): Promise<
    Activity[]
  > {
    return readChanges(this.#pool, limit, before).catch((error: unknown) => Promise.reject(refusalOf(error)));
  }

  async oldest(): Promise<number | undefined> {
    return readOldest(this.#pool).catch((error: unknown) => Promise.reject(refusalOf(error)));
  }

  async compact(retention: Retention = {}): Promise<{ readonly removed: number }> {
    const head = await this.head();
    const neededSince = Math.min(head, ...[...this.#positions].map(({ revision }) => revision));
    try {
      return { removed: await compactLog(this.#pool, retention, { head, neededSince }) };
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#compaction);
    await this.#committer.close();
    this.#closing.abort();
    await this.#tail;
    await Promise.all([this.#pool.end(), this.#prisma.$disconnect()]);
  }

  async *#follow(position: WatchPosition, options: WatchOptions): AsyncGenerator<StoreEvent | StoreBookmark> {
    this.#positions.add(position);
    try {
      await this.#reach(position.revision);
      const sources = { cache: this.#cache, pool: this.#pool, closed: this.#closing.signal };
      yield* watchEvents(sources, position, options);
    } finally {
      this.#positions.delete(position);
    }
  }

  /** Waits until the cache holds `revision`. */
  async #reach(revision: number): Promise<void> {
    if (this.#cache.revision >= revision) return;
    const patience = AbortSignal.any([AbortSignal.timeout(WAIT_MS), this.#closing.signal]);
    if (await this.#cache.isPast(revision - 1, patience)) return;
    throw timeout(`Too large resource version: ${revision}, current: ${this.#cache.revision}`, [
      { reason: "ResourceVersionTooLarge", message: "Too large resource version" },
    ]);
  }
}
