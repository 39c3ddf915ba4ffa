import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres } from "../test-postgres.ts";
import type { TestPostgres } from "../test-postgres.ts";
import { outsideDatabaseFault } from "./outside.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

test.each([
  { name: "nothing, for a good one", change: (url: string) => url, fault: undefined },
  {
    name: "no such database",
    change: (url: string) => `${url}_no`,
    fault: expect.stringMatching(/database .* does not exist/),
  },
  {
    name: "a wrong password",
    change: (url: string) => url.replace(/:[^:@]*@/, ":no@"),
    fault: expect.stringContaining("password"),
  },
  {
    name: "nobody listens",
    change: () => "postgresql://a:b@127.0.0.1:1/c",
    fault: expect.stringContaining("ECONNREFUSED"),
  },
  { name: "another scheme", change: () => "mysql://a/b", fault: expect.stringContaining("postgresql://") },
])("says what is wrong with an outside database: $name", async ({ change, fault }) => {
  expect(await outsideDatabaseFault(change(postgres.url))).toEqual(fault);
});
