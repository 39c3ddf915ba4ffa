import { Worker } from "node:worker_threads";
import { internalError, StatusError, tooManyRequests } from "@percale/resources";
import type { KubeStatus } from "@percale/resources";

export interface YamlQuestion {
  readonly id: number;
  readonly text: string;
}

export type YamlAnswer = { readonly id: number } & ({ readonly json: string } | { readonly status: KubeStatus });

interface Waiting {
  readonly resolve: (answer: YamlAnswer) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_WAITING = 16;
/** A megabyte of the worst takes some 100 MB; whatever takes more ends the thread, not the process. */
const HEAP_MB = 512;

/**
 * Reads YAML on a thread of its own, one text after the other: a megabyte of it takes a tenth of a second and more, its JSON a tenth of
 * that. The thread is started when first needed, and again after it failed; it keeps no process alive.
 */
export class YamlReader {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #questions = 0;

  /** What JSON says of the document. Throws StatusError: 400, 422, and 429 if too many wait. */
  async read(text: string): Promise<unknown> {
    if (this.#waiting.size >= MAX_WAITING) throw tooManyRequests("too many large YAML bodies at once: try again");
    const id = this.#questions++;
    const { promise, resolve, reject } = Promise.withResolvers<YamlAnswer>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker ??= this.#start();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
    this.#worker.postMessage({ id, text } satisfies YamlQuestion);
    const answer = await promise;
    if ("status" in answer) throw StatusError.fromStatus(answer.status);
    return JSON.parse(answer.json);
  }

  #start(): Worker {
    const worker = new Worker(new URL("yaml-thread.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.unref();
    worker.on("message", (answer: YamlAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    worker.once("error", (error) => {
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(internalError("the YAML could not be read", error));
      this.#waiting.clear();
    });
    return worker;
  }
}
