import type { ChangeSetEffect, ChangeSetView } from "@percale/api";
import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { counted, formatCount } from "../../../words/number.ts";

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
  /** Display names of the objects, first write first: of a large set the first few. */
  readonly names: readonly string[];
  readonly entries: readonly Activity[];
  /** All that it wrote. */
  readonly objects: number;
}

export function groupOf(set: ChangeSetView): ChangeGroup {
  const { revision, at, author, reason, requestId } = set;
  const common = { setEnd: revision, at, author, reason, requestId };
  return {
    ...set,
    names: set.entries.map(({ ref }) => nameOf(ref)),
    entries: set.entries.map((entry) => ({ ...common, ...entry })),
  };
}

/** "and 2 more"; empty for one object. */
export function moreWords({ objects }: Pick<ChangeGroup, "objects">): string {
  return objects > 1 ? ` and ${formatCount(objects - 1)} more` : "";
}

/** What a set did to the pairs that the lab probes: "+2 −0 pairs"; undefined where nothing is probed. */
export function pairWords({ allowed, denied, pairs }: ChangeSetEffect): string | undefined {
  if (pairs === 0) return undefined;
  return allowed + denied === 0 ? "no pair changed" : `+${formatCount(allowed)} −${formatCount(denied)} pairs`;
}

export function endpointWords({ endpoints }: ChangeSetEffect): string | undefined {
  return endpoints === undefined || endpoints === 0 ? undefined : counted(endpoints, "endpoint");
}

/** Between the sets of two days stands which day it is. */
export type LogRow = { readonly day: string; readonly sets: number } | ChangeGroup;

export function isDay(row: LogRow): row is Extract<LogRow, { readonly day: string }> {
  return "day" in row;
}

/** Sets with the day before the first of each; in UTC, as all times here. */
export function byDay(sets: readonly ChangeGroup[], nowMs: number): readonly LogRow[] {
  return [...Map.groupBy(sets, ({ at }) => at.slice(0, 10))].flatMap(([day, own]) => [
    { day: dayWords(day, nowMs), sets: own.length },
    ...own,
  ]);
}

const DAY_MS = 86_400_000;
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function dayWords(day: string, nowMs: number): string {
  const date = DATE.format(Date.parse(day));
  const [today, yesterday] = [nowMs, nowMs - DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
  return day === today ? `Today, ${date}` : day === yesterday ? `Yesterday, ${date}` : date;
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
        objects: ordered.length,
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
