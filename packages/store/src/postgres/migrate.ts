import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { Client } from "pg";

const MIGRATIONS = join(import.meta.dirname, "../../../../prisma/migrations");
const LOCK = 0x7065_7263; // any number: all that migrate the same database share it

/** So long a migration asks for a table that others are reading: whoever comes after it waits behind it. */
const LOCK_MS = 2_000;
const ATTEMPTS = 8;
/** Postgres' `lock_not_available`. */
const LOCKED = "55P03";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Brings the schema up to date, one transaction per migration, while others may be at work on it. Several processes may start at once: one migrates, the others wait. */
export async function migrate(
  client: Pick<Client, "query">,
  log: Logger,
  known: readonly Migration[] = readMigrations(MIGRATIONS),
): Promise<void> {
  await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS migrations (
      name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ name: string; checksum: string }>("SELECT name, checksum FROM migrations");
    const checksumByName = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    for (const migration of pendingMigrations(known, checksumByName)) {
      await applyMigration(client, migration, log);
      log.info("database migrated", { migration: migration.name });
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
  }
}

/** One in each folder, in the order of their names. */
export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  return names.sort().map((name) => {
    const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
}

/** Those that are still to be applied. Throws if what was applied is not where this program begins. */
export function pendingMigrations(
  known: readonly Migration[],
  checksumByName: ReadonlyMap<string, string>,
): readonly Migration[] {
  for (const { name, checksum } of known) {
    const applied = checksumByName.get(name);
    if (applied !== undefined && applied !== checksum)
      throw new Error(`migration ${name} was changed after it was applied: restore the file, write a new migration`);
  }
  const unknown = [...checksumByName.keys()].filter((name) => !known.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new Error(`the database is newer than this program (${unknown.join(", ")}): start the newer release`);
  return known.filter(({ name }) => !checksumByName.has(name));
}

/** Between two attempts for tables that others hold they get what they were kept from. */
async function applyMigration(client: Pick<Client, "query">, migration: Migration, log: Logger): Promise<void> {
  await untilDone({
    attempt: () => applyOnce(client, migration),
    onError: (error, failures) => {
      const isLocked = (error as { readonly code?: string }).code === LOCKED; // a database's error, or one without
      if (!isLocked || failures === ATTEMPTS) throw new Error(`migration ${migration.name} failed`, { cause: error });
      log.info("a migration waits for others to be done with its tables", { migration: migration.name, failures });
    },
    backoff: { baseMs: 500, maxMs: 5_000 },
    signal: new AbortController().signal,
  });
}

async function applyOnce(client: Pick<Client, "query">, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
    await client.query(sql);
    await client.query("INSERT INTO migrations (name, checksum) VALUES ($1, $2)", [name, checksum]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
