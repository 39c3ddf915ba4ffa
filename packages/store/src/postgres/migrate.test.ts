import { expect, test } from "vitest";
import { pendingMigrations } from "./migrate.ts";

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
