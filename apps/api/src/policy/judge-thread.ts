/**
 * The thread behind `judge.ts`: what changed comes in, and questions; answers go out. A short question is answered as it comes, a
 * long one after the others of its kind, in slices between which short ones have their turn.
 */
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { StatusError } from "@percale/resources";
import { failureOf } from "../thread-failure.ts";
import type { Said, Told } from "./judge-worker.ts";
import { answerTo, isLong } from "./questions.ts";
import type { Course } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

/** Pairs of a long question between two turns of others: about 10 ms. */
const SLICE = 200;

const world = new World();
/** The question in hand, for those who want to know whose fault it was if the thread dies; 0 is none. */
const inHand = workerData as Int32Array; // what judge-worker.ts started us with
let long: Promise<void> = Promise.resolve();

parentPort?.on("message", (told: Told) => {
  if ("changes" in told) world.take(told);
  else if (!isLong(told)) void answer(told);
  else long = long.then(() => answer(told));
});

type Asked = Extract<Told, { readonly id: number }>;

/** Never fails: whatever goes wrong is the answer. */
async function answer({ id, ...question }: Asked): Promise<void> {
  const rows = new Rows((list) => say({ id, rows: list }));
  try {
    Atomics.store(inHand, 0, id);
    const result = await answerTo(world, question, { rows, inSlices: slicesOf(id) });
    rows.end();
    say({ id, result: JSON.stringify(result) });
  } catch (error) {
    if (error instanceof StatusError) say({ id, status: error.toStatus() });
    else say({ id, fault: failureOf(error) });
  } finally {
    Atomics.store(inHand, 0, 0);
  }
}

function slicesOf(id: number): Course["inSlices"] {
  return async (items, work) => {
    for (let at = 0; at < items.length; at += SLICE) {
      Atomics.store(inHand, 0, id);
      work(items.slice(at, at + SLICE));
      Atomics.store(inHand, 0, 0);
      await setImmediate();
    }
  };
}

function say(said: Said): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
  parentPort?.postMessage(said);
}
