import type { ClientBase, Pool, QueryConfig } from "pg";
import { inTurns } from "@percale/daemon";
import type { KubeObject } from "@percale/resources";
import type { AuthoredChangeSet } from "../datastore.ts";
import type { LogEvent } from "../event-window.ts";
import { ANSWER_MS } from "./connection.ts";

/** The channel that tells of new revisions. */
export const LOG_CHANNEL = "percale_log";
/** Rows read at once; a change set is never torn. */
const PAGE = 1_000;
/** Patience for one event of a group, beside that for any answer. */
const EVENT_MS = 1;

interface LogRow {
  readonly revision: number;
  readonly set_end: number;
  readonly op: LogEvent["type"];
  readonly body: KubeObject;
  readonly previous: KubeObject | null;
}

/** The committed events after `since`, whole change sets, about 1,000 at a time; empty at the end of the log. */
export async function readLog(client: ClientBase | Pool, since: number): Promise<LogEvent[]> {
  const { rows } = await client.query<LogRow>(
    patient(ANSWER_MS * 2, {
      name: "read-log",
      text: `SELECT revision, set_end, op, body, previous FROM revisions
      WHERE revision > $1::bigint AND revision <= COALESCE(
        (SELECT set_end FROM revisions WHERE revision = $1::bigint + $2::bigint), $1::bigint + $2::bigint)
      ORDER BY revision`,
      values: [since, PAGE],
    }),
  );
  return rows.map(({ revision, set_end, op, body, previous }) => ({
    revision,
    setEnd: set_end,
    type: op,
    object: body,
    ...(previous !== null && { previous }),
  }));
}

export async function readHead(client: ClientBase | Pool): Promise<{ readonly epoch: string; readonly head: number }> {
  const { rows } = await client.query<{ epoch: string; head: number }>(
    patient(ANSWER_MS, {
      name: "read-head",
      text: "SELECT epoch, head FROM store_head",
    }),
  );
  return rows[0]!;
}

/** pg knows a patience of each query; its types do not. */
function patient(ms: number, query: QueryConfig): QueryConfig {
  return Object.assign(query, { query_timeout: ms });
}

/** One group commit: events that follow `head` without a gap. */
export interface Group {
  readonly id: string;
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly (LogEvent & Pick<AuthoredChangeSet, "author" | "reason">)[];
}

/**
 * Writes a group if the log still ends at `group.head`; false if it doesn't, and then nothing is written. Repeating it is harmless:
 * at most one attempt finds that head. The row lock on store_head is held to the end of the transaction, so no reader sees N+1 before N.
 */
export async function writeGroup(client: ClientBase, { id, epoch, head, events }: Group): Promise<boolean> {
  const rows = await rowsOf(events);
  const { rowCount } = await client.query(
    patient(ANSWER_MS * 2 + events.length * EVENT_MS, {
      name: "write-group",
      text: WRITE_GROUP,
      values: [head, head + events.length, epoch, id, rows],
    }),
  );
  return rowCount === 1;
}

/** The JSON of a group's rows, written in turns. */
async function rowsOf(events: Group["events"]): Promise<string> {
  let rows = "";
  await inTurns(events, ({ revision, setEnd, type, object, previous, author, reason }) => {
    const row = {
      revision,
      set_end: setEnd,
      op: type,
      kind: object.kind,
      namespace: object.metadata.namespace ?? "",
      name: object.metadata.name,
      author,
      reason: reason ?? "",
      body: object,
      previous,
    };
    rows += `${rows === "" ? "" : ","}${JSON.stringify(row)}`;
  });
  return `[${rows}]`;
}

/** After a lost connection: whether this group is what follows its head. Only sure once no attempt can still be running. */
export async function hasGroup(client: ClientBase, { id, head }: Group): Promise<boolean> {
  const { rowCount } = await client.query("SELECT FROM revisions WHERE revision = $1::bigint AND group_id = $2::uuid", [
    head + 1,
    id,
  ]);
  return rowCount === 1;
}

// One statement, one round trip, one flush of the write-ahead log for the whole group.
const WRITE_GROUP = `
  WITH held AS (
    UPDATE store_head SET head = $2::bigint WHERE head = $1::bigint AND epoch = $3::uuid RETURNING head
  ), event AS MATERIALIZED (
    SELECT e.* FROM json_to_recordset($5::json) AS e(revision bigint, set_end bigint, op text, kind text, namespace text,
      name text, author text, reason text, body json, previous json)
    WHERE EXISTS (SELECT FROM held)
  ), newest AS MATERIALIZED (
    SELECT DISTINCT ON (kind, namespace, name) kind, namespace, name, revision, op, body
    FROM event ORDER BY kind, namespace, name, revision DESC
  ), logged AS (
    INSERT INTO revisions (revision, set_end, group_id, op, kind, namespace, name, author, reason, body, previous)
    SELECT revision, set_end, $4::uuid, op, kind, namespace, name, author, reason, body, previous FROM event
  ), stored AS (
    INSERT INTO objects (kind, namespace, name, revision, body)
    SELECT kind, namespace, name, revision, body FROM newest WHERE op <> 'DELETED'
    ON CONFLICT (kind, namespace, name) DO UPDATE SET revision = excluded.revision, body = excluded.body
  ), removed AS (
    DELETE FROM objects o USING newest n
    WHERE n.op = 'DELETED' AND o.kind = n.kind AND o.namespace = n.namespace AND o.name = n.name
  )
  SELECT pg_notify('${LOG_CHANNEL}', head::text) FROM held`;
