import type { Pool } from "pg";
import { fromStored, sortKey } from "@percale/resources";
import type { KubeObject, ObjectRef, StoredObject } from "@percale/resources";
import type { Activity, Retention } from "../datastore.ts";
import { activityOf } from "../log.ts";
import type { Undo, UndoRange } from "../log.ts";
import { removableUpTo } from "../retention.ts";
import { pagesOf, pageSql } from "./page.ts";

const COLUMNS = "revision, set_end, at, author, reason, request_id, op, body, previous";
const CHANGES = pageSql(
  COLUMNS,
  `SELECT ${COLUMNS} FROM revisions WHERE revision < $1::bigint ORDER BY revision DESC LIMIT $2`,
  "DESC",
);
const HISTORY = pageSql(
  COLUMNS,
  `SELECT ${COLUMNS} FROM revisions WHERE kind = $1 AND namespace = $2 AND name = $3 ORDER BY revision DESC LIMIT $4`,
  "DESC",
);
const END = Number.MAX_SAFE_INTEGER; // beyond every revision
const DELETE_AT_ONCE = 5_000;

/** As the log keeps a change. */
export interface ActivityRow {
  readonly revision: number;
  readonly set_end: number;
  readonly at: Date;
  readonly author: string;
  readonly reason: string;
  readonly request_id: string;
  readonly op: Activity["op"];
  readonly body: StoredObject;
  readonly previous: StoredObject | null;
}

export async function readHistory(
  pool: Pool,
  { kind, namespace, name }: ObjectRef,
  limit: number,
): Promise<Activity[]> {
  const { rows } = await pool.query<ActivityRow>(HISTORY, [kind, namespace ?? "", name, limit]);
  return rows.map(activityIn);
}

export async function readChanges(pool: Pool, limit: number, before: number = END): Promise<Activity[]> {
  const { rows } = await pool.query<ActivityRow>(CHANGES, [before, limit]);
  return rows.map(activityIn);
}

/** The first revision that the log still has; undefined if it is empty. */
export async function readOldest(pool: Pool): Promise<number | undefined> {
  const { rows } = await pool.query<{ oldest: number | null }>("SELECT min(revision) AS oldest FROM revisions");
  return rows[0]!.oldest ?? undefined;
}

export async function readUndo(pool: Pool, { kind, from, to }: UndoRange): Promise<Undo | undefined> {
  const next = await pool.query("SELECT FROM revisions WHERE revision = $1::bigint + 1", [from]);
  if (next.rowCount === 0 && from < to) return undefined;
  const { rows: firsts } = await pool.query<{ revision: number; bytes: number }>(
    `SELECT revision, COALESCE(octet_length(previous::text), 0) AS bytes FROM (
       SELECT DISTINCT ON (namespace, name) revision, previous FROM revisions
       WHERE kind = $1 AND revision > $2::bigint AND revision <= $3::bigint ORDER BY namespace, name, revision
     ) found`,
    [kind, from, to],
  );
  const undo = new Map<string, KubeObject | undefined>();
  for (const revisions of pagesOf(firsts)) {
    const { rows } = await pool.query<{ namespace: string; name: string; previous: StoredObject | null }>(
      "SELECT namespace, name, previous FROM revisions WHERE revision = ANY($1::bigint[])",
      [revisions],
    );
    if (rows.length < revisions.length) return undefined; // compaction was faster
    for (const { namespace, name, previous } of rows)
      undo.set(sortKey(namespace, name), previous === null ? undefined : fromStored(previous));
  }
  return undo;
}

export function activityIn({
  revision,
  set_end,
  at,
  author,
  reason,
  request_id,
  op,
  body,
  previous,
}: ActivityRow): Activity {
  const replaced = previous === null ? {} : { previous: fromStored(previous) };
  const set = { author, reason, requestId: request_id };
  const entry = { revision, setEnd: set_end, at: at.toISOString(), ...set, type: op, object: fromStored(body) };
  return activityOf({ ...entry, ...replaced });
}

/** Removes what is older than `olderThan` and beyond the newest `keepRevisions`, but nothing after `neededSince`. Whole change sets, in small bites. */
export async function compactLog(
  pool: Pool,
  retention: Retention,
  place: { readonly head: number; readonly neededSince: number },
): Promise<number> {
  const { rows } = await pool.query<{ upTo: number | null }>(
    `SELECT max(revision) AS "upTo" FROM revisions
      WHERE revision = set_end AND revision <= $1::bigint AND ($2::timestamptz IS NULL OR at < $2)`,
    [removableUpTo(retention, place), retention.olderThan ?? null],
  );
  const upTo = rows[0]?.upTo ?? 0;
  for (let removed = 0; ;) {
    const { rowCount } = await pool.query(
      "DELETE FROM revisions WHERE revision IN (SELECT revision FROM revisions WHERE revision <= $1 ORDER BY revision LIMIT $2)",
      [upTo, DELETE_AT_ONCE],
    );
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < DELETE_AT_ONCE) return removed;
  }
}
