import type { Datastore, StoreEvent } from "@percale/store";
import type { Sees } from "../auth/sight.ts";
import { seen } from "./seen.ts";
import type { LiveEvent } from "../trpc/views.ts";

const KNOWN = 20_000;
const MAX_BATCH = 500;

interface Authorship {
  readonly at: string;
  readonly author: string;
}

/** Object events with who made them and when. That is read from the log once per batch and kept for all tabs. */
export class LiveFeed {
  readonly #store: Datastore;
  readonly #known = new Map<number, Authorship>();
  #reading: Promise<void> = Promise.resolve();

  constructor(store: Datastore) {
    this.#store = store;
  }

  /** What `sees` lets through; absent: everything. */
  async *events(since: number | undefined, signal: AbortSignal, sees?: Sees): AsyncGenerator<LiveEvent> {
    const watch = { signal, ...(since !== undefined && { since }) };
    for await (const whole of batches(this.#store.watch(watch))) {
      const batch = seen(whole, sees);
      const byRevision = await this.#authorsOf(batch);
      for (const { revision, type, object } of batch) {
        const { at, author } = byRevision.get(revision) ?? { at: new Date().toISOString(), author: "" };
        yield { revision, at, author, type, object };
      }
    }
  }

  /** One question at a time: tabs that ask for the same events find them known. */
  async #authorsOf(batch: readonly StoreEvent[]): Promise<ReadonlyMap<number, Authorship>> {
    const previous = this.#reading;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reading = promise;
    try {
      await previous;
      const missing = batch.filter(({ revision }) => !this.#known.has(revision));
      const [first, last] = [missing[0], missing.at(-1)];
      if (first !== undefined && last !== undefined) await this.#read(first.revision, last.revision);
      return new Map(batch.flatMap(({ revision }) => entry(revision, this.#known.get(revision))));
    } finally {
      resolve();
    }
  }

  async #read(first: number, last: number): Promise<void> {
    for (let before = last + 1; before > first;) {
      const page = await this.#store.changes({ limit: Math.min(1_000, before - first), before });
      for (const { revision, at, author } of page) this.#known.set(revision, { at, author });
      before = page.at(-1)?.revision ?? first;
    }
    for (const revision of this.#known.keys()) {
      if (this.#known.size <= KNOWN) break;
      this.#known.delete(revision);
    }
  }
}

function entry(revision: number, known: Authorship | undefined): [number, Authorship][] {
  return known === undefined ? [] : [[revision, known]];
}

/** What is there at once, together. */
async function* batches(events: AsyncIterable<StoreEvent>): AsyncGenerator<StoreEvent[]> {
  const iterator = events[Symbol.asyncIterator]();
  for (let pending = iterator.next(); ;) {
    const first = await pending;
    if (first.done === true) return;
    const batch = [first.value];
    pending = iterator.next();
    pending.catch(() => undefined); // told where it is awaited
    while (batch.length < MAX_BATCH) {
      const next = await Promise.race([pending, new Promise<undefined>((done) => setImmediate(done, undefined))]);
      if (next === undefined || next.done === true) break;
      batch.push(next.value);
      pending = iterator.next();
      pending.catch(() => undefined);
    }
    yield batch;
  }
}
