import type { ResourceLimits } from "node:worker_threads";

/**
 * V8 lends a thread that has used up its heap 16 MB more, once, to end it in (`Worker::NearHeapLimit` in Node's `node_worker.cc`); who
 * needs more takes the whole process along. What survives of the young generation moves over at one go, up to a third of it, so that
 * third has to fit with room to spare.
 */
const YOUNG_MB = 24;

/** Limits of a thread that may keep `heapMb` MB, and whose end is nobody else's. */
export function memoryOf(heapMb: number): ResourceLimits {
  return { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_MB };
}
