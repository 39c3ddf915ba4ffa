import { randomUUID } from "node:crypto";
import type { ChangeSetResult } from "@percale/protocol";
import { serviceUnavailable } from "@percale/resources";
import type { KubeObject, ObjectRef, ObjectTable } from "@percale/resources";
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
import { Overlay, planChangeSet, refusalOfPlan } from "../plan.ts";
import type { Plan, PlanInput } from "../plan.ts";
import { MemoryLog } from "./log.ts";

/** A Datastore that ends with its process: for tests and tools. It plans, caches and reads as any other; only the log is a list. */
export class MemoryStore implements Datastore {
  readonly epoch = randomUUID();
  readonly #now: () => Date;
  readonly #log = new MemoryLog();
  readonly #cache: Cache;
  readonly #reads: CachedReads;
  readonly #closing = new AbortController();

  constructor({
    now = () => new Date(),
    windowSize = 10_000,
    windowBytes = 64 * 2 ** 20,
    ...patience
  }: StoreOptions = {}) {
    this.#now = now;
    this.#cache = new Cache({ objects: [], revision: 0, windowSize, windowBytes });
    this.#reads = new CachedReads({ cache: this.#cache, log: this.#log, closed: this.#closing.signal, ...patience });
  }

  /** The newest state, for who need not wait: a test between two steps. Never to be changed. */
  get objects(): Omit<ObjectTable, "put" | "delete" | "clear"> {
    return this.#cache.objects;
  }

  get revision(): number {
    return this.#cache.revision;
  }

  /** `apply`, at once. */
  commit(changeSet: AuthoredChangeSet, { check }: ApplyOptions = {}): ChangeSetResult {
    if (this.#closing.signal.aborted) throw serviceUnavailable("the store is closed");
    const now = this.#now();
    const { events, result } = this.#plan({ changeSet, check, now });
    if (changeSet.dryRun === true) return result;
    const { author, reason, requestId } = changeSet;
    const stamp = {
      author,
      at: now.toISOString(),
      ...(reason !== undefined && { reason }),
      ...(requestId !== undefined && { requestId }),
    };
    this.#log.append(events.map((event) => ({ ...event, ...stamp })));
    this.#cache.advance(events);
    return result;
  }

  #plan(asked: Pick<PlanInput, "changeSet" | "check" | "now">): Plan {
    const { objects, revision } = this.#cache;
    try {
      return planChangeSet(new Overlay(objects), { ...asked, revision, newUid: randomUUID, random: Math.random });
    } catch (error) {
      throw refusalOfPlan(error);
    }
  }

  async apply(changeSet: AuthoredChangeSet, options?: ApplyOptions): Promise<ChangeSetResult> {
    return this.commit(changeSet, options);
  }

  head(): Promise<number> {
    return this.#log.head();
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

  watch(options: WatchOptions & { readonly bookmarks: true }): AsyncIterable<StoreEvent | StoreBookmark>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent | StoreBookmark> {
    return this.#reads.watch(options);
  }

  async history(ref: ObjectRef, { limit = 50 }: { readonly limit?: number } = {}): Promise<Activity[]> {
    return this.#log.history(ref, limit);
  }

  async changes({ limit = 50, before = Infinity }: { readonly limit?: number; readonly before?: number } = {}): Promise<
    Activity[]
  > {
    return this.#log.changes(limit, before);
  }

  async oldest(): Promise<number | undefined> {
    return this.#log.oldest();
  }

  async compact(retention: Retention = {}): Promise<{ readonly removed: number }> {
    return { removed: this.#log.compact(retention, this.#reads.neededSince) };
  }

  isConnected(): boolean {
    return !this.#closing.signal.aborted;
  }

  heardMs(): number {
    return 0; // it is this process
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }
}
