/**
 * What travels between the parts: change sets (writes), the sync stream (reads), and the words for what is wrong: conditions, exit
 * codes, CNI codes. Pure data.
 */
export * from "./change-set.ts";
export * from "./messages.ts";
export * from "./close.ts";
export * from "./parse.ts";
export { VERSION } from "./version.ts";
export * from "./conditions/index.ts";
export * from "./cni-codes.ts";
export * from "./exit-codes.ts";
