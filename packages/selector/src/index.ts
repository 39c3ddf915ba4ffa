/**
 * The selector language: parse, format, match, rewrite. Pure.
 *
 *     const quarantined = parseSelector(`role == "db" && !has(quarantine)`);
 *     matches(quarantined, new Map([["role", "db"]])); // → true
 */
export * from "./selector.ts";
export { compareBytes, parseSelector } from "./parse.ts";
export * from "./format.ts";
export * from "./rewrite.ts";
export * from "./restriction.ts";
export * from "./set-id.ts";
export * from "./few.ts";
export * from "./inherit.ts";
export { LabelIndex } from "./label-index.ts";
export type { LabelRecord, MatchListener } from "./label-index.ts";
