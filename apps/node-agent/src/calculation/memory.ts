import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** A collection stops everything for about a millisecond per megabyte: more than this is left to V8, which does it bit by bit. */
const MAX_HEAP_BYTES = 40 * 1024 * 1024;

/**
 * Gives back what loading a snapshot left behind in a small process: parsed text, compiled rules. V8 itself waits until the process
 * has been idle for many seconds, and a node has better uses for the memory.
 */
export function collectGarbage(): void {
  if (process.memoryUsage().heapUsed > MAX_HEAP_BYTES) return;
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (options: object) => void; // what the flag promises
  gc({ type: "major", execution: "sync", flavor: "last-resort" });
}
