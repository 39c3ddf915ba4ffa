import { Worker } from "node:worker_threads";
import { encodeObject, fromStored, internalError, StatusError, storedForm, tooManyRequests } from "@percale/resources";
import type { StoredObject } from "@percale/resources";
import { SharedGate } from "../limits.ts";
import type { Leave } from "../limits.ts";
import type { Body } from "../bodies/body.ts";
import { errorOf, failureOf } from "../thread-failure.ts";
import { memoryOf } from "../thread-memory.ts";
import type { Answer, Asked, LargeTask, LargeTasks } from "./large-task.ts";
import type { Prepared, Question } from "./prepare.ts";
import { claimedRef } from "./proposal.ts";
import type { Proposal, ProposedSet } from "./proposal.ts";

/** Requests with something large at once, and those of one user. */
const PLACES = { all: 64, perUser: 16 };
/** Some two and a half times what the worst body takes. More ends the thread. */
const HEAP_MB = 512;

interface Waiting {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
}

/**
 * Reads and checks what is large on a thread of its own, one after the other: hostile bodies of three megabytes take up to a second,
 * and what passes the checks takes a few milliseconds to take over. The thread is started when first needed, and again after it
 * died, which costs the caller it died of an error and nobody else; while nobody waits for it, it keeps no process alive.
 */
export class LargeWork {
  readonly #places = new SharedGate(PLACES.all, PLACES.perUser);
  readonly #queue: Waiting[] = [];
  #running: Waiting | undefined;
  #worker: Worker | undefined;
  readonly #thread: URL;

  constructor(thread = new URL("large-work-thread.ts", import.meta.url)) {
    this.#thread = thread;
  }

  /** A place for all that a request has to do; to be left. Throws 429 if there is none. */
  enter(user: string): Leave {
    const leave = this.#places.enter(user);
    if (leave === undefined) throw tooManyRequests("too many large bodies at once: try again");
    return leave;
  }

  /** As `prepare`. Throws StatusError. */
  async prepare({ old, ...question }: Question): Promise<Prepared> {
    const { object, around, ...prepared } = await this.#ask("prepare", {
      question: { ...question, proposal: asText(question.proposal) },
      ...(old !== undefined && { old: JSON.stringify(storedForm(old)) }),
    });
    return { ...prepared, change: { ...around, object: fromStored(JSON.parse(object) as StoredObject) } }; // written by our own thread
  }

  /** As `splitSet`. Throws StatusError. */
  async split(body: Body): Promise<ProposedSet> {
    return this.#ask("split", { body });
  }

  /** Throws StatusError if JSON takes longer to parse than its length lets expect, or can't be stored. */
  async weigh(bytes: Uint8Array): Promise<void> {
    await this.#ask("weigh", { bytes });
  }

  async #ask<K extends LargeTask>(task: K, asked: LargeTasks[K]["asked"]): Promise<LargeTasks[K]["told"]> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#queue.push({ asked: { task, ...asked } as Asked, resolve }); // a task with what it is asked
    this.#next();
    const answer = await promise;
    if ("status" in answer) throw StatusError.fromStatus(answer.status);
    if ("failure" in answer)
      throw internalError("the server failed on this body: see its log", errorOf(answer.failure));
    return answer.told; // to this task
  }

  /** One at a time: what the thread dies of is known. */
  #next(): void {
    if (this.#running !== undefined) return;
    this.#running = this.#queue.shift();
    if (this.#running === undefined) {
      this.#worker?.unref();
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
    this.#worker.postMessage(this.#running.asked);
  }

  #answer(answer: Answer): void {
    const done = this.#running;
    this.#running = undefined;
    done?.resolve(answer);
    this.#next();
  }

  #start(): Worker {
    const worker = new Worker(this.#thread, { resourceLimits: memoryOf(HEAP_MB) });
    worker.on("message", (answer: Answer) => this.#answer(answer));
    worker.once("error", (error) => {
      const { message, stack } = failureOf(error);
      this.#worker = undefined;
      this.#answer({ failure: { message: `the thread ended: ${message}`, stack } });
    });
    return worker;
  }
}

function asText(proposal: Proposal): Proposal {
  if (!("object" in proposal)) return proposal;
  const { object, ...rest } = proposal;
  return { ...rest, ref: claimedRef(object), text: encodeObject(object) };
}

/** A thread of the process, whoever asks. */
export const largeWork = new LargeWork();
