import { type KubeObject, type ObjectRef } from "@percale/resources/catalog";

/** One write of one object, as the log keeps it. */
export interface Activity {
  readonly revision: number;
  /** The last revision of the same change set. */
  readonly setEnd: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  /** "" where no request asked for it. */
  readonly requestId: string;
  readonly op: "ADDED" | "MODIFIED" | "DELETED";
  readonly ref: ObjectRef;
  readonly object?: KubeObject;
  readonly previous?: KubeObject;
}

/** Writes that were made together. */
export interface ChangeGroup {
  /** Identity of the set: its last revision. */
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly reason: string;
  readonly requestId: string;
  /** Display names of the objects, first write first. */
  readonly names: readonly string[];
  readonly entries: readonly Activity[];
}

/** Newest set first, entries of a set in the order they were written. */
export function groupActivity(entries: readonly Activity[]): readonly ChangeGroup[] {
  return [...Map.groupBy(entries, (entry) => entry.setEnd)]
    .sort(([a], [b]) => b - a)
    .map(([revision, group]) => {
      const ordered = group.toSorted((a, b) => a.revision - b.revision);
      const [first] = ordered;
      return {
        revision,
        at: first?.at ?? "",
        author: first?.author ?? "",
        reason: first?.reason ?? "",
        requestId: first?.requestId ?? "",
        names: ordered.map(({ ref }) => nameOf(ref)),
        entries: ordered,
      };
    });
}

const OPS = { ADDED: "created", MODIFIED: "updated", DELETED: "deleted" } as const;

/** "created", or "changed" for a set of several kinds of writes. */
export function opWords({ entries }: Pick<ChangeGroup, "entries">): string {
  const ops = new Set(entries.map((entry) => entry.op));
  const [only] = ops;
  return ops.size === 1 && only !== undefined ? OPS[only] : "changed";
}

/** `system:node:node-1` → `node-1`. */
export function authorWords(author: string): string {
  return author.replace(/^system:(node:|serviceaccount:)?/, "");
}

export function nameOf(ref: ObjectRef): string {
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
}
