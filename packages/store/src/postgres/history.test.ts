import type { Pool } from "pg";
import { expect, test } from "vitest";
import { activityIn, compactLog } from "./history.ts";
import type { ActivityRow } from "./history.ts";

const object = (labels: Readonly<Record<string, string>>) => ({
  apiVersion: "projectcalico.org/v3",
  kind: "GlobalNetworkSet",
  metadata: { name: "a", labels },
  spec: {},
});
const row: ActivityRow = {
  revision: 7,
  set_end: 9,
  at: new Date(0),
  author: "alice",
  reason: "why",
  request_id: "r-1",
  op: "ADDED",
  body: object({}),
  previous: null,
};
const activity = {
  revision: 7,
  setEnd: 9,
  at: "1970-01-01T00:00:00.000Z",
  author: "alice",
  reason: "why",
  requestId: "r-1",
  op: "ADDED",
  ref: { kind: "GlobalNetworkSet", name: "a" },
  object: object({}),
};

test("a row of the log is read with who changed what, and with what it replaced", () => {
  const previous = object({ was: "there" });
  expect([activityIn(row), activityIn({ ...row, op: "MODIFIED", previous })]).toEqual([
    activity,
    { ...activity, op: "MODIFIED", previous },
  ]);
});

/** A log that may lose its beginning up to a revision, and loses so much with each deletion. */
function logOf(upTo: number | null, ...removed: readonly number[]) {
  const asked: unknown[] = [];
  const left = [...removed];
  const query = async (sql: string, values: readonly unknown[]) => {
    asked.push(values);
    return sql.startsWith("DELETE") ? { rowCount: left.shift() } : { rows: [{ upTo }] };
  };
  return { asked, pool: { query } as unknown as Pool }; // the part that is asked
}

test("a log loses its old beginning in bites, until one is not full", async () => {
  const { asked, pool } = logOf(11_000, 5_000, 5_000, 12);
  const olderThan = new Date(0);
  const place = { head: 20_000, neededSince: 12_000 };
  expect(await compactLog(pool, { olderThan, keepRevisions: 2_000 }, place)).toBe(10_012);
  expect(asked).toEqual([
    [12_000, olderThan],
    [11_000, 5_000],
    [11_000, 5_000],
    [11_000, 5_000],
  ]);
});

test("a log of which nothing is old enough stays whole", async () => {
  const { asked, pool } = logOf(null, 0);
  expect(await compactLog(pool, {}, { head: 5_000, neededSince: 5_000 })).toBe(0);
  expect(asked).toEqual([
    [4_000, null],
    [0, 5_000],
  ]);
});
