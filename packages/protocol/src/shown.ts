/** What a page shows of this package: what is wrong, in words; who is heard; the version. No parser comes with it. */
export * from "./conditions/index.ts";
export { DataplaneRefused } from "./conditions/agent.ts";
export { NftBatchRefused } from "./conditions/dataplane.ts";
export * from "./hearing.ts";
export { VERSION } from "./version.ts";
