/**
 * The datastore: objects with a revision log, group commit and watch, and the records beside them. `contract/` says what any driver
 * promises; Postgres is the one that the product runs on, and what alone speaks SQL. `@percale/store/memory` is for tests and tools.
 *
 *     const store = new MemoryStore(); // or: await openPostgresStore({ url, log })
 *     const tier = { apiVersion: API_VERSION, kind: "Tier", metadata: { name: "security" }, spec: { order: 100 } };
 *     await store.apply({ author: "alice", changes: [{ op: "create", object: tier }] });
 *     const [newest] = await store.changes();
 *     `${newest.author} ${newest.op} ${newest.ref.name}`; // → "alice ADDED security"
 */
export type * from "./datastore.ts";
export type * from "./records.ts";
export { NOTICE_BYTES } from "./records.ts";
export { SetBudget } from "./set-budget.ts";
export { outsideDatabaseFault } from "./postgres/outside.ts";
export { openPostgresRecords } from "./postgres/records.ts";
export type { PostgresOptions } from "./postgres/connection.ts";
export { openPostgresStore } from "./postgres/store.ts";
export type { PostgresStoreOptions } from "./postgres/store.ts";
export { startEmbeddedPostgres } from "./embedded/server.ts";
export type { EmbeddedPostgresOptions } from "./embedded/server.ts";
export { pausePostgres, startTestPostgres } from "./test-postgres.ts";
export type { TestPostgres } from "./test-postgres.ts";
