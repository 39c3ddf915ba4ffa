import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "@percale/daemon";
import { migrate, pendingMigrations, readMigrations } from "./migrate.ts";

const known = ["0001_a", "0002_b", "0003_c"].map((name) => ({ name, sql: "SELECT", checksum: `of ${name}` }));

test.each<[what: string, applied: readonly string[], pending: readonly string[]]>([
  ["new", [], ["0001_a", "0002_b", "0003_c"]],
  ["older", ["0001_a"], ["0002_b", "0003_c"]],
  ["up to date", ["0001_a", "0002_b", "0003_c"], []],
])("a database that is %s gets what it lacks, in order", (_, applied, pending) => {
  const checksums = new Map(applied.map((name) => [name, `of ${name}`]));
  expect(pendingMigrations(known, checksums).map(({ name }) => name)).toEqual(pending);
});

test.each([
  ["0002_b", "other", "migration 0002_b was changed after it was applied: restore the file, write a new migration"],
  ["0004_d", "of 0004_d", "the database is newer than this program (0004_d): start the newer release"],
])("a database where %s is %j is refused", (name, checksum, message) => {
  expect(() => pendingMigrations(known, new Map([[name, checksum]]))).toThrow(message);
});

test("migrations are what the folders hold, in the order of their names, each known by its text", () => {
  const folder = mkdtempSync(join(tmpdir(), "percale-migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["0002_b", "0001_a"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "migration.sql"), `SELECT '${name}'`);
  }
  writeFileSync(join(folder, "migration_lock.toml"), "");
  const of = (name: string) => {
    const sql = `SELECT '${name}'`;
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  };
  expect(readMigrations(folder)).toEqual([of("0001_a"), of("0002_b")]);
});

/** A database that has these migrations and answers some statements with an error, once each. */
function databaseWith(applied: readonly string[], errors: Readonly<Record<string, Error>> = {}) {
  const said: string[] = [];
  const left = new Map(Object.entries(errors));
  const query = async (text: string, values: readonly unknown[] = []) => {
    const words = [text.replace(/\s.*/s, ""), ...values.filter((value) => typeof value === "string")].join(" ");
    said.push(text.startsWith("SELECT pg_") ? text.slice(7, text.indexOf("(")) : words);
    const error = left.get(text);
    left.delete(text);
    if (error !== undefined) throw error;
    return { rows: applied.map((name) => ({ name, checksum: `of ${name}` })) };
  };
  return { said, client: { query } as unknown as Client }; // the part that is asked
}
const migrationsOf = (...names: readonly string[]) =>
  names.map((name) => ({ name, sql: `ALTER ${name}`, checksum: `of ${name}` }));
const of = (name: string) => ["BEGIN", "SET", "ALTER", `INSERT ${name} of ${name}`, "COMMIT"];
const [begin, end] = [["pg_advisory_lock", "CREATE", "SELECT"], ["pg_advisory_unlock"]];

test("what a database lacks is applied by one process at a time, each migration in a transaction of its own", async () => {
  const { said, client } = databaseWith(["a"]);
  await migrate(client, silentLogger, migrationsOf("a", "b", "c"));
  expect(said).toEqual([...begin, ...of("b"), ...of("c"), ...end]);
});

const failure = (code: string): Error => Object.assign(new Error("no"), { code });

test("a migration whose tables others hold gives way, and is tried again", async () => {
  const { said, client } = databaseWith([], { "ALTER a": failure("55P03") });
  await migrate(client, silentLogger, migrationsOf("a"));
  expect(said).toEqual([...begin, "BEGIN", "SET", "ALTER", "ROLLBACK", ...of("a"), ...end]);
});

test("a migration that fails is undone, and those behind it are not begun", async () => {
  const { said, client } = databaseWith([], { "ALTER a": failure("42P01") });
  await expect(migrate(client, silentLogger, migrationsOf("a", "b"))).rejects.toThrow("migration a failed");
  expect(said).toEqual([...begin, "BEGIN", "SET", "ALTER", "ROLLBACK", ...end]);
});
