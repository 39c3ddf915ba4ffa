import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { inTurns } from "@percale/daemon";
import { internalError, serviceUnavailable, StatusError } from "@percale/resources";
import type { KubeStatus } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { errorOf } from "../thread-failure.ts";
import type { ThreadFailure } from "../thread-failure.ts";
import { memoryOf } from "../thread-memory.ts";
import { Feeder } from "./feed.ts";
import type { Question } from "./questions.ts";
import type { Feed } from "./world.ts";

/** What the thread is told. */
export type Told = Feed | (Question & { readonly id: number });
/** What it says: lists of rows, then the rest of the answer, all as JSON; or what refuses the question, or what failed. */
export type Said = { readonly id: number } & (
  | { readonly rows: string }
  | { readonly result: string }
  | { readonly status: KubeStatus }
  | { readonly fault: ThreadFailure }
);

/** An answer with its rows; undefined if the thread ended for another's sake: ask again. */
export type Outcome = { readonly result: unknown; readonly rows: readonly unknown[] } | undefined;

/** Characters that are read and written within a millisecond or two. */
const SHORT = 64 * 1024;

interface Waiting {
  readonly lists: string[];
  readonly resolve: (result: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface JudgeWorkerOptions {
  readonly store: Datastore;
  readonly heapMb: number;
  /** It ended by itself; never before it was asked. */
  readonly onDeath: (error: Error) => void;
}

/** One life of the thread. While nobody waits for it, it keeps no process alive. */
export class JudgeWorker {
  readonly #worker: Worker;
  readonly #feeder: Feeder;
  readonly #closing = new AbortController();
  readonly #waiting = new Map<number, Waiting>();
  readonly #inHand = new Int32Array(new SharedArrayBuffer(4));
  #questions = 0;

  constructor({ store, heapMb, onDeath }: JudgeWorkerOptions) {
    this.#worker = new Worker(new URL("judge-thread.ts", import.meta.url), {
      workerData: this.#inHand,
      resourceLimits: memoryOf(heapMb),
    });
    this.#feeder = new Feeder({ store, post: (feed) => this.#tell(feed), signal: this.#closing.signal });
    this.#worker.on("message", (said: Said) => this.#hear(said));
    let error = new Error("the thread ended");
    this.#worker.once("error", (cause: unknown) => (error = new Error("the thread failed", { cause })));
    this.#worker.once("exit", () => {
      this.#closing.abort();
      onDeath(error);
      this.#bury(error);
    });
  }

  /** Answers of no older state than that of the call. Throws StatusError. */
  async ask(question: Question): Promise<Outcome> {
    const id = ++this.#questions;
    const lists: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    this.#waiting.set(id, { lists, resolve, reject });
    this.#worker.ref();
    this.#feeder.catchUp().then(() => this.#tell({ ...question, id }), reject);
    try {
      const result = await promise;
      return result === undefined ? undefined : await readAnswer(result, lists);
    } finally {
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#worker.unref();
    }
  }

  /** Whoever waits is told so. */
  async close(): Promise<void> {
    for (const { reject } of this.#waiting.values()) reject(serviceUnavailable("the API is closing"));
    this.#closing.abort();
    await this.#worker.terminate();
  }

  #tell(told: Told): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
    this.#worker.postMessage(told);
  }

  #hear(said: Said): void {
    const waiting = this.#waiting.get(said.id);
    if (waiting === undefined) return;
    if ("rows" in said) waiting.lists.push(said.rows);
    else if ("result" in said) waiting.resolve(said.result);
    else if ("status" in said) waiting.reject(StatusError.fromStatus(said.status));
    else waiting.reject(errorOf(said.fault));
  }

  /** The question in hand is the guilty one; if there is none, all would only end the next thread too. */
  #bury(error: Error): void {
    const guilty = this.#waiting.get(Atomics.load(this.#inHand, 0));
    for (const waiting of this.#waiting.values())
      if (guilty === undefined || guilty === waiting)
        waiting.reject(internalError("the question, or the cluster, is too large to be answered", error));
      else waiting.resolve(undefined);
  }
}

/** Long answers are read in turns, and written in one of their own. */
async function readAnswer(result: string, lists: readonly string[]): Promise<NonNullable<Outcome>> {
  const rows: unknown[] = [];
  await inTurns(lists, (list) => {
    for (const row of JSON.parse(list) as unknown[]) rows.push(row); // written by our own thread
  });
  const answer = { result: JSON.parse(result) as unknown, rows };
  if (lists.length > 0 || result.length > SHORT) await setImmediate();
  return answer;
}
