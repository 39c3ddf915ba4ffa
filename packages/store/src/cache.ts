import { inTurns } from "@percale/daemon";
import { objectAfter, ObjectTable, refOf, sortKey } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { EventWindow, ownBytes } from "./event-window.ts";
import type { LogEvent } from "./event-window.ts";

/** The store's state at one revision and the newest events up to it. Moves forward only, by whole change sets. */
export class Cache {
  readonly objects = new ObjectTable();
  readonly window: EventWindow;
  #revision: number;
  readonly #waiting = new Set<() => void>();

  constructor({ objects, revision, windowSize, windowBytes = Infinity }: CacheInit) {
    for (const object of objects) this.objects.put(object);
    this.#revision = revision;
    this.window = new EventWindow({ size: windowSize, maxBytes: windowBytes, base: revision });
  }

  get revision(): number {
    return this.#revision;
  }

  /** Advances in one step too, but measures in turns before: of large events that is nearly all of the work. */
  async advanceInTurns(events: readonly LogEvent[]): Promise<void> {
    const bytes: number[] = [];
    await inTurns(events, (event) => bytes.push(event.revision > this.#revision ? ownBytes(event) : 0));
    this.advance(events, bytes);
  }

  /** Takes events in order; those it knows already (read from the log and committed here) are skipped. */
  advance(events: readonly LogEvent[], bytes: readonly number[] = events.map(ownBytes)): void {
    const before = this.#revision;
    for (const [index, event] of events.entries()) {
      if (event.revision <= this.#revision) continue;
      if (event.revision !== this.#revision + 1)
        throw new Error(`the log jumps from revision ${this.#revision} to ${event.revision}`);
      // Read from the log, what it replaced would be a second copy of what we hold.
      const previous = this.objects.get(refOf(event.object));
      const now = objectAfter(event);
      if (now === undefined) this.objects.delete(refOf(event.object));
      else this.objects.put(now);
      this.window.push(previous === undefined ? event : { ...event, previous }, bytes[index]!);
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
    return undone(this.objects.list(kind), undo);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** A kind's objects with what happened to some taken back: to what they were, or (undefined) to nothing. In the order of lists. */
export function undone(newest: readonly KubeObject[], undo: ReadonlyMap<string, KubeObject | undefined>): KubeObject[] {
  if (undo.size === 0) return [...newest];
  const byKey = new Map(newest.map((object) => [keyOf(object), object] as const));
  for (const [key, object] of undo) {
    if (object === undefined) byKey.delete(key);
    else byKey.set(key, object);
  }
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}

interface CacheInit {
  readonly objects: Iterable<KubeObject>;
  readonly revision: number;
  readonly windowSize: number;
  readonly windowBytes?: number;
}

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return sortKey(namespace, name);
}
