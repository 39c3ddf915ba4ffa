/**
 * The datastore: Postgres with a revision log, group commit and watch. Alone speaks SQL.
 *
 *     const postgres = await startEmbeddedPostgres({ dataDir: ".percale/postgres", log });
 *     const store = await openPostgresStore({ url: postgres.url, log });
 *     await store.apply({ author: "alice", changes: [{ op: "create", object: tier }] });
 *     for await (const { type, object } of store.watch({ kinds: ["Tier"], since: 0 })) console.log(type, object.metadata.name);
 */
export * from "./datastore.ts";
export { SetBudget } from "./set-budget.ts";
export { outsideDatabaseFault } from "./postgres/outside.ts";
export { openPostgresStore } from "./postgres/store.ts";
export type { PostgresStoreOptions } from "./postgres/store.ts";
export { startEmbeddedPostgres } from "./embedded/server.ts";
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from "./embedded/server.ts";
export { startTestPostgres } from "./test-postgres.ts";
export type { TestPostgres } from "./test-postgres.ts";
