import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives back what loading a snapshot left behind: parsed text, compiled rules. V8 itself waits until the process has been idle
 * for many seconds, and a node has better uses for the memory. Costs one pause of tens of milliseconds.
 */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (options: object) => void; // what the flag promises
  gc({ type: "major", execution: "sync", flavor: "last-resort" });
}
