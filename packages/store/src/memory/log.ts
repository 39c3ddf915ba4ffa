import { formatRef, refOf, sortKey } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Activity, Retention } from "../datastore.ts";
import { activityOf } from "../log.ts";
import type { Log, LogEntry, Undo, UndoRange } from "../log.ts";
import { removableUpTo } from "../retention.ts";

/** Events read at once, about. */
const PAGE = 1_000;

/** The whole log as a list, from its beginning or from where it was last compacted. */
export class MemoryLog implements Log {
  #entries: LogEntry[] = [];
  #head = 0;

  async head(): Promise<number> {
    return this.#head;
  }

  append(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.#entries.push(entry);
    this.#head += entries.length;
  }

  async read(since: number): Promise<readonly LogEntry[]> {
    const from = this.#after(since);
    if (from === undefined) return [];
    const last = this.#entries[from + PAGE - 1];
    return this.#entries.slice(from, last === undefined ? undefined : from + PAGE + last.setEnd - last.revision);
  }

  async undo({ kind, from, to }: UndoRange): Promise<Undo | undefined> {
    const first = this.#after(from);
    if (first === undefined) return undefined;
    const undo = new Map<string, KubeObject | undefined>();
    for (const { revision, object, previous } of this.#entries.slice(first)) {
      const key = sortKey(object.metadata.namespace, object.metadata.name);
      if (revision <= to && object.kind === kind && !undo.has(key)) undo.set(key, previous);
    }
    return undo;
  }

  history(ref: ObjectRef, limit: number): Activity[] {
    const wanted = formatRef(ref);
    return this.#newest(limit, ({ object }) => formatRef(refOf(object)) === wanted);
  }

  changes(limit: number, before: number): Activity[] {
    return this.#newest(limit, ({ revision }) => revision < before);
  }

  oldest(): number | undefined {
    return this.#entries[0]?.revision;
  }

  /** How many entries went. */
  compact(retention: Retention, neededSince: number): number {
    const upTo = removableUpTo(retention, { head: this.#head, neededSince });
    const { olderThan } = retention;
    const last = this.#entries.findLastIndex(
      ({ revision, setEnd, at }) =>
        revision === setEnd && revision <= upTo && (olderThan === undefined || new Date(at) < olderThan),
    );
    this.#entries = this.#entries.slice(last + 1);
    return last + 1;
  }

  /** Where the entry that follows `since` is, or will be; undefined if it was compacted. */
  #after(since: number): number | undefined {
    const gone = this.#head - this.#entries.length;
    return since < gone ? undefined : since - gone;
  }

  #newest(limit: number, isWanted: (entry: LogEntry) => boolean): Activity[] {
    const found: Activity[] = [];
    for (let i = this.#entries.length - 1; i >= 0 && found.length < limit; i--)
      if (isWanted(this.#entries[i]!)) found.push(activityOf(this.#entries[i]!));
    return found;
  }
}
