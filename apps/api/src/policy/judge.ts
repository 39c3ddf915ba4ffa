import { outsideRequests } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { serviceUnavailable, tooManyRequests } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { SharedGate } from "../limits.ts";
import { JudgeWorker } from "./judge-worker.ts";
import { ROWS_OF } from "./questions.ts";
import type { Answers, Ask, Question, Questions } from "./questions.ts";

/**
 * Questions under way, and how many of them one user may have, as far as it is known who asks. At each change every page that is open
 * asks a handful at once.
 */
const MAX_WAITING = 256;
const MAX_WAITING_PER_USER = 4;
/** A million nets take some 300, and as much again for a draft; whatever takes more ends the thread, not the process. */
const HEAP_MB = 1_024;

interface JudgeOptions {
  readonly store: Datastore;
  readonly log: Logger;
  readonly heapMb?: number;
}

/**
 * Answers questions about policy, and for parts of lists, on a thread of its own, because to index a cluster takes seconds where there are a million nets, and a
 * matrix takes as long. What changes later costs the change:
 *
 *     store ─ what changed, as JSON ─► World (on the thread) ─► Evaluator of that state ─► explain, coverage, impact, lists, board, …
 *
 * The thread is started by the first question, and anew by the next after it died. Who made it is to close it.
 */
export class Judge {
  readonly #options: Required<JudgeOptions>;
  readonly #places = new SharedGate(MAX_WAITING, MAX_WAITING_PER_USER);
  #worker: JudgeWorker | undefined;
  #isClosed = false;

  constructor({ store, log, heapMb = HEAP_MB }: JudgeOptions) {
    this.#options = { store, log, heapMb };
  }

  /**
   * `question` is called once there is a place. Throws StatusError: what the question deserves, 429 if too many wait, 500 if the thread
   * died of this one.
   */
  async ask<A extends Ask>(
    ask: A,
    question: () => Questions[A] | Promise<Questions[A]>,
    user?: string,
  ): Promise<Answers[A]> {
    const leave = this.#places.enter(user);
    if (leave === undefined) throw tooManyRequests("too many questions about the cluster at once: try again");
    try {
      return await this.#answer({ ask, about: await question() } as Question); // of one A
    } finally {
      leave();
    }
  }

  /** Ends the thread; whoever waits gets 503. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.close();
  }

  async #answer<A extends Ask>(question: Question): Promise<Answers[A]> {
    for (;;) {
      if (this.#isClosed) throw serviceUnavailable("the API is closing");
      const outcome = await (this.#worker ??= this.#start()).ask(question);
      if (outcome === undefined) continue;
      const list = ROWS_OF[question.ask];
      const { result, rows } = outcome;
      return (list === undefined ? result : { ...(result as object), [list]: rows }) as Answers[A]; // of our own thread
    }
  }

  #start(): JudgeWorker {
    const { store, log, heapMb } = this.#options;
    const worker: JudgeWorker = outsideRequests(
      () =>
        new JudgeWorker({
          store,
          heapMb,
          onDeath: (error) => {
            if (this.#worker === worker) this.#worker = undefined;
            if (!this.#isClosed) log.error("the thread that answers questions about policy died", { error });
          },
        }),
    );
    return worker;
  }
}
