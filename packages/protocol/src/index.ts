/**
 * What travels between the parts: change sets (writes), the sync stream (reads), and the words for what is wrong: conditions, exit
 * codes, CNI codes. Pure data.
 *
 *     const { severity, title } = condition.BirdDown({ detail: "exit code 1", isSilent: false, logPath: "/var/lib/percale/agent/bird/bird.log" });
 *     `${severity}: ${title}`; // → "error: BIRD does not run"
 */
export * from "./change-set.ts";
export * from "./messages.ts";
export * from "./close.ts";
export * from "./hearing.ts";
export * from "./parse.ts";
export { VERSION } from "./version.ts";
export * from "./conditions/index.ts";
export * from "./cni-codes.ts";
export * from "./exit-codes.ts";
