import { refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { EventWindow } from "./event-window.ts";
import type { LogEvent } from "./event-window.ts";
import { ObjectTable, sortKey } from "./object-table.ts";

/** The store's state at one revision and the newest events up to it. Moves forward only, by whole change sets. */
export class Cache {
  readonly objects = new ObjectTable();
  readonly window: EventWindow;
  #revision: number;
  readonly #waiting = new Set<() => void>();

  constructor({ objects, revision, windowSize }: CacheInit) {
    for (const object of objects) this.objects.put(object);
    this.#revision = revision;
    this.window = new EventWindow({ size: windowSize, base: revision });
  }

  get revision(): number {
    return this.#revision;
  }

  /** Takes events in order; those it knows already (read from the log and committed here) are skipped. */
  advance(events: readonly LogEvent[]): void {
    const before = this.#revision;
    for (const event of events) {
      if (event.revision <= this.#revision) continue;
      if (event.revision !== this.#revision + 1)
        throw new Error(`the log jumps from revision ${this.#revision} to ${event.revision}`);
      if (event.type === "DELETED") this.objects.delete(refOf(event.object));
      else this.objects.put(event.object);
      this.window.push(event);
      this.#revision = event.revision;
    }
    if (this.#revision > before) this.#wake();
  }

  /** Resolves true once the cache is past `revision`, false when `signal` aborts first. */
  async isPast(revision: number, signal: AbortSignal): Promise<boolean> {
    while (this.#revision <= revision && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const abort = (): void => resolve();
      signal.addEventListener("abort", abort);
      await promise;
      signal.removeEventListener("abort", abort);
      this.#waiting.delete(resolve);
    }
    return this.#revision > revision;
  }

  /** The kind's objects as they were at `revision`; undefined once the window has moved past it. */
  listAt(kind: string, revision: number): KubeObject[] | undefined {
    const undo = this.window.undo(kind, revision);
    if (undo === undefined) return undefined;
    if (undo.size === 0) return this.objects.list(kind);
    const byKey = new Map(this.objects.list(kind).map((object) => [keyOf(object), object] as const));
    for (const [key, object] of undo) {
      if (object === undefined) byKey.delete(key);
      else byKey.set(key, object);
    }
    return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

interface CacheInit {
  readonly objects: Iterable<KubeObject>;
  readonly revision: number;
  readonly windowSize: number;
}

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return sortKey(namespace, name);
}
