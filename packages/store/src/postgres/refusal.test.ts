import pg from "pg";
import { expect, test } from "vitest";
import { StatusError } from "@percale/resources";
import { failureClassOf, refusalOf } from "./refusal.ts";

const failed = (code: string): Error => Object.assign(new pg.DatabaseError("no", 1, "error"), { code });
const throughPrismaOf = (message: string): Error => Object.assign(throughPrisma("22021"), { message });
const throughPrisma = (originalCode: string): Error =>
  Object.assign(new Error("no"), { meta: { driverAdapterError: { cause: { originalCode } } } });

test.each([
  ["a NUL in a text", failed("22021"), "data", 422],
  ["the same through Prisma", throughPrisma("22021"), "data", 422],
  ["half a surrogate pair in JSON", failed("22P05"), "data", 422],
  ["no uuid", failed("22P02"), "data", 422],
  ["a constraint", failed("23505"), "data", 422],
  ["an index entry that is too large", failed("54000"), "data", 422],
  ["nested too deep to be written", new RangeError("Maximum call stack size exceeded"), "data", 422],
  ["a deadlock", failed("40P01"), "conflict", 503],
  ["a lock that is taken", failed("55P03"), "conflict", 503],
  ["a full disk", failed("53100"), "resources", 503],
  ["a statement that took too long", failed("57014"), "resources", 503],
  ["a shutdown", failed("57P01"), "connection", 503],
  ["an idle transaction", failed("25P03"), "connection", 503],
  ["a lost connection", failed("08006"), "connection", 503],
  ["a socket's end", new Error("Connection terminated unexpectedly"), "connection", 503],
  ["a missing table", failed("42P01"), "fault", 500],
])("%s is told as what it is", (_, error, failureClass, code) => {
  expect([failureClassOf(error), refusalOf(error).code]).toEqual([failureClass, code]);
});

const invalid = (why: string) => ["Invalid", `the database can't keep this: ${why}`];
const away = (why: string) => ["ServiceUnavailable", `the database can't be reached: ${why}`];
test.each<[what: string, error: unknown, reason: readonly string[]]>([
  ["our own", new StatusError("Conflict", "as it is"), ["Conflict", "as it is"]],
  [
    "Prisma's, with the call it was in",
    throughPrismaOf("\nInvalid `create()`\n\nno such value\n"),
    invalid("no such value"),
  ],
  ["silence", new Error("Query read timeout"), away("it did not answer in time")],
  ["silence in other words", new Error("timeout exceeded when trying to connect"), away("it did not answer in time")],
  [
    "a statement's time",
    Object.assign(failed("57014"), { message: "statement timeout" }),
    ["ServiceUnavailable", "the database is out of resources: statement timeout"],
  ],
  [
    "several addresses that refuse",
    Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
    away("ECONNREFUSED"),
  ],
  ["what is no error", "gone", away("gone")],
  ["nothing", undefined, away("undefined")],
  [
    "a cause of another shape",
    { meta: { driverAdapterError: { cause: { originalCode: 7 } } } },
    away("[object Object]"),
  ],
  [
    "a wrong value",
    new TypeError("Do not know how to serialize a BigInt"),
    invalid("Do not know how to serialize a BigInt"),
  ],
])("%s is told in words of its own", (_, error, [reason, message]) => {
  expect(refusalOf(error)).toMatchObject({ reason, message });
});
