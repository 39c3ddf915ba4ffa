/** A thread that dies of whatever is weighed, and splits all sets into nothing. */
import { parentPort } from "node:worker_threads";
import type { Answer, Asked } from "../large-task.ts";

parentPort?.on("message", ({ task }: Asked) => {
  if (task === "weigh") throw new Error("out of memory");
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
  parentPort?.postMessage({ told: { changes: [] } } satisfies Answer);
});
