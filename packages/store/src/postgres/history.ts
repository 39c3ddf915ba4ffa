import type { Pool } from "pg";
import type { KubeObject, ObjectRef } from "@percale/resources";
import { refOf, sortKey } from "@percale/resources";
import type { Activity, Retention } from "../datastore.ts";

const COLUMNS = "revision, set_end, at, author, reason, op, body, previous";
/** What one answer holds of large objects, but for the last. */
const ANSWER_BYTES = 1024 * 1024;
const KEEP_AT_LEAST = 1_000; // a lost commit is looked up in the log, and a watch that just began must find its place
const DELETE_AT_ONCE = 5_000;

interface ActivityRow {
  readonly revision: number;
  readonly set_end: number;
  readonly at: Date;
  readonly author: string;
  readonly reason: string;
  readonly op: Activity["op"];
  readonly body: KubeObject;
  readonly previous: KubeObject | null;
}

export async function readHistory(
  pool: Pool,
  { kind, namespace, name }: ObjectRef,
  limit: number,
): Promise<Activity[]> {
  const newest = `SELECT ${COLUMNS} FROM revisions WHERE kind = $1 AND namespace = $2 AND name = $3 ORDER BY revision DESC LIMIT $4`;
  return readSome(pool, newest, [kind, namespace ?? "", name, limit]);
}

export async function readChanges(pool: Pool, limit: number, before: number | undefined): Promise<Activity[]> {
  const newest = `SELECT ${COLUMNS} FROM revisions WHERE revision < COALESCE($1::bigint, 9223372036854775807) ORDER BY revision DESC LIMIT $2`;
  return readSome(pool, newest, [before ?? null, limit]);
}

/** Of what the query finds the first rows that together are no larger than one answer may be, and at least one. */
async function readSome(pool: Pool, query: string, values: readonly unknown[]): Promise<Activity[]> {
  const { rows } = await pool.query<ActivityRow>(
    `SELECT ${COLUMNS} FROM (
       SELECT *, sum(octet_length(body::text) + COALESCE(octet_length(previous::text), 0))
         OVER (ORDER BY revision DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
       FROM (${query}) found
     ) measured
     WHERE COALESCE(bytes_before, 0) < ${ANSWER_BYTES} ORDER BY revision DESC`,
    [...values],
  );
  return rows.map(activityOf);
}

/**
 * What has to be put (or taken out: undefined) to turn a kind's list at `to` back to `from`, by sort key; undefined once compaction took
 * what happened next.
 */
export async function readUndo(
  pool: Pool,
  { kind, from, to }: { readonly kind: string; readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, KubeObject | undefined> | undefined> {
  const next = await pool.query("SELECT FROM revisions WHERE revision = $1::bigint + 1", [from]);
  if (next.rowCount === 0 && from < to) return undefined;
  const { rows } = await pool.query<{ namespace: string; name: string; previous: KubeObject | null }>(
    `SELECT DISTINCT ON (namespace, name) namespace, name, previous FROM revisions
      WHERE kind = $1 AND revision > $2::bigint AND revision <= $3::bigint ORDER BY namespace, name, revision`,
    [kind, from, to],
  );
  return new Map(rows.map(({ namespace, name, previous }) => [sortKey(namespace, name), previous ?? undefined]));
}

function activityOf({ revision, set_end, at, author, reason, op, body, previous }: ActivityRow): Activity {
  return {
    revision,
    setEnd: set_end,
    at: at.toISOString(),
    author,
    reason,
    op,
    ref: refOf(body),
    object: body,
    ...(previous !== null && { previous }),
  };
}

/** Removes what is older than `olderThan` and beyond the newest `keepRevisions`, but nothing after `neededSince`. Whole change sets, in small bites. */
export async function compactLog(
  pool: Pool,
  { keepRevisions = KEEP_AT_LEAST, olderThan }: Retention,
  { head, neededSince }: { readonly head: number; readonly neededSince: number },
): Promise<number> {
  const byCount = Math.min(head - Math.max(keepRevisions, 1), neededSince);
  const { rows } = await pool.query<{ upTo: number | null }>(
    `SELECT max(revision) AS "upTo" FROM revisions
      WHERE revision = set_end AND revision <= $1::bigint AND ($2::timestamptz IS NULL OR at < $2)`,
    [byCount, olderThan ?? null],
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
