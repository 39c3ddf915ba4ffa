/** What travels between the parts: change sets (writes) and the sync stream (reads). Pure data. */
export * from "./change-set.ts";
export * from "./messages.ts";
export * from "./close.ts";
export * from "./parse.ts";
export { VERSION } from "./version.ts";
export * from "./conditions/index.ts";
