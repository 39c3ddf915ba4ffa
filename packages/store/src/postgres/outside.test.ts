import { expect, test } from "vitest";
import { outsideDatabaseFault, versionFault } from "./outside.ts";

test.each([
  ["13.9", "Postgres 14 or later is needed, got 13.9"],
  ["9.6.24", "Postgres 14 or later is needed, got 9.6.24"],
  ["", "Postgres 14 or later is needed, got "],
  ["14.0", undefined],
  ["16.4 (Debian 16.4-1.pgdg120+1)", undefined],
  ["18beta1", undefined],
])("a database of version %j is refused with %j", (version, fault) => {
  expect(versionFault(version)).toBe(fault);
});

const form = "it must read postgresql://USER:PASSWORD@HOST:PORT/DATABASE";

test.each([
  ["mysql://localhost/x", form],
  ["localhost:5432", form],
  ["see postgresql://localhost/x", form],
  ["postgres://me@127.0.0.1:1/x", "connect ECONNREFUSED 127.0.0.1:1"],
  ["postgresql://me@[::1]:1/x", "connect ECONNREFUSED ::1:1"],
])("the URL %s cannot be the store's: %s", async (url, fault) => {
  expect(await outsideDatabaseFault(url)).toBe(fault);
});

test("of a name with several addresses all are told", async () => {
  expect(await outsideDatabaseFault("postgresql://me@localhost:1/x")).toMatch(
    /^connect ECONNREFUSED \S+:1(; connect ECONNREFUSED \S+:1)*$/,
  );
});
