import { afterAll, beforeAll } from "vitest";
import { datastoreContract } from "../contract/datastore.ts";
import { recordsContract } from "../contract/records.ts";
import { startTestPostgres } from "../test-postgres.ts";
import type { TestPostgres } from "../test-postgres.ts";
import { openPostgresRecords } from "./records.ts";
import { openPostgresStore } from "./store.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres(); // held, so that each test's database is one more on it
});
afterAll(() => server.stop());

datastoreContract({
  name: "Postgres",
  cannot: {},
  newData: async () => {
    const database = await startTestPostgres();
    return { open: (options) => openPostgresStore({ url: database.url, ...options }), drop: () => database.stop() };
  },
});

recordsContract({
  name: "Postgres",
  cannot: {},
  newData: async () => {
    const database = await startTestPostgres();
    return { open: (options) => openPostgresRecords({ url: database.url, ...options }), drop: () => database.stop() };
  },
});
