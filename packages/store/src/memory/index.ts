/**
 * A store without a database, for tests and tools: the contract of `@percale/store`, kept in this process. No Postgres in its imports.
 *
 *     const store = new MemoryStore();
 *     store.commit({ author: "alice", changes: [{ op: "create", object: tier }] });
 *     expect(await store.head()).toBe(1);
 */
export { MemoryStore } from "./store.ts";
export { memoryRecords } from "./records.ts";
