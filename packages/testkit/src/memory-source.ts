import { expired, formatRef, refOf } from "@percale/resources";
import type { EventType, KubeObject, ObjectRef } from "@percale/resources";

export interface MemoryEvent {
  readonly revision: number;
  readonly type: EventType;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
  readonly last: boolean;
}

export interface MemoryState {
  readonly objects?: readonly KubeObject[];
  readonly revision?: number;
  readonly epoch?: string;
}

/** What a sync stream is made of, in memory, with all of its past: `packages/sync`'s SyncSource. */
export class MemorySource {
  readonly epoch: string;
  readonly #objects = new Map<string, KubeObject>();
  readonly #events: MemoryEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #base: number;
  #closed = false;

  constructor({ objects = [], revision = 0, epoch = "memory" }: MemoryState = {}) {
    this.epoch = epoch;
    this.#base = revision;
    for (const object of objects) this.#objects.set(formatRef(refOf(object)), object);
  }

  get revision(): number {
    return this.#base + this.#events.length;
  }

  /** In the order in which they came. */
  get objects(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  isConnected(): boolean {
    return true;
  }

  async head(): Promise<number> {
    return this.revision;
  }

  async snapshot(): Promise<{ readonly revision: number; readonly objects: readonly KubeObject[] }> {
    return { revision: this.revision, objects: this.objects };
  }

  /** One transaction: objects are put, references deleted; what is deleted and not there is left out. */
  write(changes: readonly (KubeObject | ObjectRef)[]): void {
    const events: Omit<MemoryEvent, "last">[] = [];
    for (const change of changes) {
      const key = formatRef("metadata" in change ? refOf(change) : change);
      const previous = this.#objects.get(key);
      const revision = this.revision + events.length + 1;
      const before = previous === undefined ? {} : { previous };
      if ("metadata" in change) {
        const metadata = { ...change.metadata, resourceVersion: String(revision) };
        const object = { ...change, metadata };
        this.#objects.set(key, object);
        events.push({ revision, type: previous === undefined ? "ADDED" : "MODIFIED", object, ...before });
      } else if (previous !== undefined) {
        this.#objects.delete(key);
        events.push({ revision, type: "DELETED", object: previous, ...before });
      }
    }
    this.replay(events.map((event, index) => ({ ...event, last: index === events.length - 1 })));
  }

  /** Events that happened somewhere, in their order. */
  replay(events: readonly MemoryEvent[]): void {
    for (const event of events) {
      const key = formatRef(refOf(event.object));
      if (event.type === "DELETED") this.#objects.delete(key);
      else this.#objects.set(key, event.object);
    }
    this.#events.push(...events);
    this.#wake();
  }

  /** Ends all who follow. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Forgets how it came to be as it is. */
  compact(): void {
    this.#base = this.revision;
    this.#events.length = 0;
  }

  async *follow({
    since,
    signal,
  }: {
    readonly since: number;
    readonly signal: AbortSignal;
  }): AsyncGenerator<MemoryEvent> {
    const stop = (): void => this.#wake();
    signal.addEventListener("abort", stop);
    try {
      for (let at = since; !signal.aborted && !this.#closed;) {
        if (at < this.#base) throw expired();
        const event = this.#events[at - this.#base];
        if (event === undefined) {
          const { promise, resolve } = Promise.withResolvers<void>();
          this.#waiting.add(resolve);
          await promise;
        } else {
          yield event;
          at = event.revision;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
