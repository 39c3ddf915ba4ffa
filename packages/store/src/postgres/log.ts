import type { ClientBase, Pool, QueryConfig } from "pg";
import { inTurns } from "@percale/daemon";
import { fromStored, storedForm } from "@percale/resources";
import type { StoredObject } from "@percale/resources";
import type { Activity } from "../datastore.ts";
import type { LogEvent } from "../event-window.ts";
import { ANSWER_MS } from "./connection.ts";
import { pageSql } from "./page.ts";

/** The channel that tells of new revisions. */
export const LOG_CHANNEL = "percale_log";
/** Rows read at once. */
const PAGE = 1_000;
/** Patience for one event of a group and for a megabyte of it, beside that for any answer. */
const EVENT_MS = 1;
const MEGABYTE_MS = 1_000;
/** Characters of rows in one statement: each is encoded, sent and parsed in one go. A row that is longer makes one alone. */
const PIECE_CHARACTERS = 1024 * 1024;

interface LogRow {
  readonly revision: number;
  readonly set_end: number;
  readonly op: LogEvent["type"];
  readonly body: StoredObject;
  readonly previous: StoredObject | null;
}

/** The committed events after `since`: whole change sets, about 1,000 events or a megabyte at a time; empty at the end of the log. */
export async function readLog(client: ClientBase | Pool, since: number): Promise<LogEvent[]> {
  const events = await readPage(client, since);
  const lastEnd = events.findLastIndex(({ revision, setEnd }) => revision === setEnd);
  if (lastEnd !== -1) return events.slice(0, lastEnd + 1);
  // A set larger than a page is read in parts, so that no answer is taken apart in one go.
  for (let last = events.at(-1); last !== undefined && last.revision < last.setEnd; last = events.at(-1)) {
    const { revision, setEnd } = last;
    const more = await readPage(client, revision);
    if (more[0]?.revision !== revision + 1) return []; // compaction was faster
    events.push(...more.filter((event) => event.setEnd === setEnd));
  }
  return events;
}

async function readPage(client: ClientBase | Pool, since: number): Promise<LogEvent[]> {
  const query = { name: "read-log", text: READ_PAGE, values: [since, PAGE] };
  const { rows } = await client.query<LogRow>(patient(ANSWER_MS * 2, query));
  return rows.map(({ revision, set_end, op, body, previous }) => ({
    revision,
    setEnd: set_end,
    type: op,
    object: fromStored(body),
    ...(previous !== null && { previous: fromStored(previous) }),
  }));
}

const COLUMNS = "revision, set_end, op, body, previous";
const READ_PAGE = pageSql(
  COLUMNS,
  `SELECT ${COLUMNS} FROM revisions WHERE revision > $1::bigint AND revision <= $1::bigint + $2::bigint`,
  "ASC",
);

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
  readonly events: readonly (LogEvent & Pick<Activity, "author" | "reason" | "requestId">)[];
}

/** Consecutive events of a group as one statement takes them. */
interface Piece {
  readonly events: number;
  /** A JSON array. */
  readonly rows: string;
}

/**
 * Writes a group if the log still ends at `group.head`; false if it doesn't, and then nothing is written. Repeating it is harmless:
 * at most one attempt finds that head. The row lock on store_head is held to the end of the transaction, so no reader sees N+1 before N.
 */
export async function writeGroup(client: ClientBase, group: Group): Promise<boolean> {
  const pieces = await piecesOf(group.events);
  if (pieces.length === 1) return writePieces(client, group, pieces); // the statement is a transaction
  await client.query(patient(ANSWER_MS, { text: "BEGIN" }));
  const isWritten = await writePieces(client, group, pieces);
  const ms = pieces.reduce((sum, piece) => sum + patienceMs(piece), 0);
  await client.query(patient(ms, { text: isWritten ? "COMMIT" : "ROLLBACK" }));
  return isWritten;
}

/** The same in a transaction that the caller has begun, and rolls back if this is false. */
export async function writeGroupWithin(client: ClientBase, group: Group): Promise<boolean> {
  return writePieces(client, group, await piecesOf(group.events));
}

async function writePieces(
  client: ClientBase,
  { id, epoch, head, events }: Group,
  pieces: readonly Piece[],
): Promise<boolean> {
  const end = head + events.length;
  let from = head;
  for (const piece of pieces) {
    const values = [from, end, epoch, id, piece.rows];
    const { rowCount } = await client.query(
      patient(patienceMs(piece), { name: "write-group", text: WRITE_GROUP, values }),
    );
    if (rowCount !== 1) return false;
    from = end; // where the first has moved it, for this transaction alone to see
  }
  return true;
}

function patienceMs({ events, rows }: Piece): number {
  return ANSWER_MS * 2 + events * EVENT_MS + (rows.length / 2 ** 20) * MEGABYTE_MS;
}

/** A group's rows, written in turns. */
async function piecesOf(events: Group["events"]): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let rows: string[] = [];
  let characters = 0;
  const cut = (): void => {
    pieces.push({ events: rows.length, rows: `[${rows.join()}]` });
    rows = [];
    characters = 0;
  };
  await inTurns(events, (event) => {
    const row = rowOf(event);
    if (characters > 0 && characters + row.length > PIECE_CHARACTERS) cut();
    rows.push(row);
    characters += row.length;
  });
  cut();
  return pieces;
}

function rowOf(event: Group["events"][number]): string {
  const { revision, setEnd, type, object, previous, author, reason, requestId } = event;
  return JSON.stringify({
    revision,
    set_end: setEnd,
    op: type,
    kind: object.kind,
    namespace: object.metadata.namespace ?? "",
    name: object.metadata.name,
    author,
    reason,
    request_id: requestId,
    body: storedForm(object),
    ...(previous !== undefined && { previous: storedForm(previous) }),
  });
}

/** After a lost connection: whether this group is what follows its head. Only sure once no attempt can still be running. */
export async function hasGroup(client: ClientBase, { id, head }: Group): Promise<boolean> {
  const { rowCount } = await client.query("SELECT FROM revisions WHERE revision = $1::bigint AND group_id = $2::uuid", [
    head + 1,
    id,
  ]);
  return rowCount === 1;
}

// For a group of one piece: one statement, one round trip, one flush of the write-ahead log. The pieces after a first find the head at
// the end already, and the same notification twice is one.
const WRITE_GROUP = `
  WITH held AS (
    UPDATE store_head SET head = $2::bigint WHERE head = $1::bigint AND epoch = $3::uuid RETURNING head
  ), event AS MATERIALIZED (
    SELECT e.* FROM json_to_recordset($5::json) AS e(revision bigint, set_end bigint, op text, kind text, namespace text,
      name text, author text, reason text, request_id text, body json, previous json)
    WHERE EXISTS (SELECT FROM held)
  ), newest AS MATERIALIZED (
    SELECT DISTINCT ON (kind, namespace, name) kind, namespace, name, revision, op, body
    FROM event ORDER BY kind, namespace, name, revision DESC
  ), logged AS (
    INSERT INTO revisions
      (revision, set_end, group_id, op, kind, namespace, name, author, reason, request_id, body, previous)
    SELECT revision, set_end, $4::uuid, op, kind, namespace, name, author, reason, request_id, body, previous
    FROM event
  ), stored AS (
    INSERT INTO objects (kind, namespace, name, revision, body)
    SELECT kind, namespace, name, revision, body FROM newest WHERE op <> 'DELETED'
    ON CONFLICT (kind, namespace, name) DO UPDATE SET revision = excluded.revision, body = excluded.body
  ), removed AS (
    DELETE FROM objects o USING newest n
    WHERE n.op = 'DELETED' AND o.kind = n.kind AND o.namespace = n.namespace AND o.name = n.name
  )
  SELECT pg_notify('${LOG_CHANNEL}', head::text) FROM held`;
