import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** A thorough collection stops everything for about a millisecond per megabyte, a plain one for a fifth of that. */
const THOROUGH_BYTES = 40 * 1024 * 1024;

/**
 * Gives back what loading a snapshot left behind: parsed text, compiled rules. V8 itself waits until the process has been idle
 * for many seconds, and a node has better uses for the memory.
 */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (options: object) => void; // what the flag promises
  const isThorough = process.memoryUsage().heapUsed < THOROUGH_BYTES;
  gc({ type: "major", execution: "sync", flavor: isThorough ? "last-resort" : "regular" });
}
