import { expired, timeout } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Cache } from "./cache.ts";
import { undone } from "./cache.ts";
import type {
  ListOptions,
  ObjectList,
  Snapshot,
  StoreBookmark,
  StoreEvent,
  StoreOptions,
  WatchOptions,
} from "./datastore.ts";
import type { Log } from "./log.ts";
import { watchEvents } from "./watch.ts";
import type { WatchPosition } from "./watch.ts";

const WAIT_MS = 3_000; // Kubernetes' patience with a resourceVersion from the future
const BOOKMARK_MS = 15_000;

export interface ReadSources extends Pick<StoreOptions, "waitMs" | "bookmarkMs"> {
  /** Fed by the driver, whole change sets at a time. */
  readonly cache: Cache;
  readonly log: Log;
  /** Aborts when the store closes. */
  readonly closed: AbortSignal;
}

/** The reading half of a driver that keeps all objects at hand and a log behind them. */
export class CachedReads {
  readonly #sources: Required<ReadSources>;
  readonly #positions = new Set<WatchPosition>();

  constructor({ waitMs = WAIT_MS, bookmarkMs = BOOKMARK_MS, ...sources }: ReadSources) {
    this.#sources = { ...sources, waitMs, bookmarkMs };
  }

  /** What the slowest watch has seen: it may ask the log for all that comes after. */
  get neededSince(): number {
    return Math.min(Infinity, ...[...this.#positions].map(({ revision }) => revision));
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    const { cache, log } = this.#sources;
    await this.#reach(await log.head());
    return cache.objects.get(ref);
  }

  async list({ kind, namespace, revision, exact = false }: ListOptions): Promise<ObjectList> {
    const { cache, log } = this.#sources;
    await this.#reach(revision ?? (await log.head()));
    if (!exact || revision === undefined)
      return { items: cache.objects.list(kind, namespace), revision: cache.revision };
    const items = cache.listAt(kind, revision) ?? (await this.#listFromLog(kind, revision));
    return {
      items: namespace === undefined ? items : items.filter(({ metadata }) => metadata.namespace === namespace),
      revision,
    };
  }

  async snapshot(kinds?: readonly string[]): Promise<Snapshot> {
    const { cache, log } = this.#sources;
    await this.#reach(await log.head());
    const { objects, revision } = cache;
    return { revision, objects: (kinds ?? objects.kinds()).flatMap((kind) => objects.list(kind)) };
  }

  watch(options: WatchOptions & { readonly bookmarks: true }): AsyncIterable<StoreEvent | StoreBookmark>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent>;
  watch(options: WatchOptions): AsyncIterable<StoreEvent | StoreBookmark> {
    const position = { revision: options.since ?? this.#sources.cache.revision };
    return this.#follow(position, options);
  }

  async *#follow(position: WatchPosition, options: WatchOptions): AsyncGenerator<StoreEvent | StoreBookmark> {
    this.#positions.add(position);
    try {
      await this.#reach(position.revision);
      yield* watchEvents(this.#sources, position, options);
    } finally {
      this.#positions.delete(position);
    }
  }

  /** What the window no longer holds the log does, until compaction: pages of a long list outlive many writes. */
  async #listFromLog(kind: string, revision: number): Promise<KubeObject[]> {
    const { cache, log } = this.#sources;
    const newest = cache.objects.list(kind);
    const undo = await log.undo({ kind, from: revision, to: cache.revision });
    if (undo === undefined) throw expired();
    return undone(newest, undo);
  }

  /** Waits until the cache holds `revision`. */
  async #reach(revision: number): Promise<void> {
    const { cache, closed, waitMs } = this.#sources;
    if (cache.revision >= revision) return;
    if (await cache.isPast(revision - 1, AbortSignal.any([AbortSignal.timeout(waitMs), closed]))) return;
    throw timeout(`Too large resource version: ${revision}, current: ${cache.revision}`, [
      { reason: "ResourceVersionTooLarge", message: "Too large resource version" },
    ]);
  }
}
