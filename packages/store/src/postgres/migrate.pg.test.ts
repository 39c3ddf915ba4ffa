import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "@percale/daemon";
import type { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres } from "../test-postgres.ts";
import type { TestPostgres } from "../test-postgres.ts";
import { connect } from "./connection.ts";
import { migrate } from "./migrate.ts";

let postgres: TestPostgres;
const clients: Client[] = [];
const open = async (name: string): Promise<Client> => {
  const client = await connect(postgres.url, name);
  clients.push(client);
  return client;
};
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await postgres.stop();
});

test("a migration that waits for a table does not keep others from it, and is done once it is free", async () => {
  const [migrating, holding, reading] = [await open("migrating"), await open("holding"), await open("reading")];
  await migrate(migrating, silentLogger);
  await migrating.query("ALTER TABLE revisions DROP COLUMN request_id");
  await migrating.query("DELETE FROM migrations WHERE name = '0004_request_id'");
  await holding.query("SET idle_in_transaction_session_timeout = 0");
  await holding.query("BEGIN");
  await holding.query("SELECT count(*) FROM revisions");

  const migrated = migrate(migrating, silentLogger);
  const waiting = "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted";
  while ((await reading.query(waiting)).rowCount === 0) await delay(10);
  // Behind the migration; the table is held until this is answered.
  const { rows } = await reading.query<{ revisions: number }>("SELECT count(*) AS revisions FROM revisions");
  await holding.query("COMMIT");
  await migrated;
  expect([rows, (await reading.query("SELECT request_id FROM revisions")).rows]).toEqual([[{ revisions: 0 }], []]);
}, 60_000);
