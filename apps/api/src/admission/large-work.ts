import { Worker } from "node:worker_threads";
import { internalError, StatusError, tooManyRequests } from "@percale/resources";
import type { KubeStatus } from "@percale/resources";
import { isYaml } from "../rest/body.ts";
import type { Body } from "../rest/body.ts";
import { encodeObject } from "../rest/encode.ts";
import { isLongerThan } from "../json-length.ts";
import type { Prepared, Question } from "./prepare.ts";
import { claimedRef } from "./proposal.ts";
import type { Proposal, ProposedSet } from "./proposal.ts";
import { readSet } from "./split.ts";

/** What the thread is asked. The stored object travels as JSON, which is cheaper than a copy of the value. */
export type Task =
  | { readonly task: "prepare"; readonly question: Omit<Question, "old">; readonly old?: string }
  | { readonly task: "split"; readonly body: Body }
  | { readonly task: "weigh"; readonly bytes: Uint8Array };
/** An object comes back as JSON; a set holds its objects as JSON already; of what is weighed nothing is said. */
export type Result = (Omit<Prepared, "change"> & { readonly change: string }) | ProposedSet | undefined;
export type Asked = Task & { readonly id: number };
export type Answer = { readonly id: number } & ({ readonly result: Result } | { readonly status: KubeStatus });

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_WAITING = 16;
/** Three megabytes of the worst take some 200; whatever takes more ends the thread, not the process. */
const HEAP_MB = 512;
/** What is shorter is done sooner than it is handed over: within some five milliseconds at worst. YAML takes ten times as long. */
export const SHORT = { json: 64 * 1024, yaml: 16 * 1024 };

/** Whether reading and checking it may take more than its turn of the event loop. */
export function isLarge({ proposal, old }: Question): boolean {
  if (proposal.op === "delete") return false;
  if (proposal.op === "patch" && isLongerThan(old, SHORT.json)) return true;
  if ("draft" in proposal) return isLargeBody(proposal.draft);
  return "text" in proposal ? proposal.text.length > SHORT.json : isLongerThan(proposal.object, SHORT.json);
}

function isLargeBody({ bytes, type }: Body): boolean {
  return bytes.length > (isYaml(type) ? SHORT.yaml : SHORT.json);
}

/** The change set that a body is; of a large one the objects stay text. Throws as `readSet`, and 429. */
export async function readAnySet(body: Body): Promise<ProposedSet> {
  return isLargeBody(body) ? largeWork.split(body) : readSet(body);
}

/**
 * Reads and checks what is large on a thread of its own, one after the other: hostile bodies of three megabytes take up to a second,
 * and what passes the checks takes a few milliseconds to take over. The thread is started when first needed, and again after it
 * failed; while nobody waits for it, it keeps no process alive.
 */
export class LargeWork {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #questions = 0;

  /** As `prepare`. Throws StatusError, 429 if too many wait. */
  async prepare({ old, ...question }: Question): Promise<Prepared> {
    const asked = { ...question, proposal: asText(question.proposal) };
    const text = old === undefined ? {} : { old: encodeObject(old) };
    const result = await this.#ask({ task: "prepare", question: asked, ...text });
    const { change, ...prepared } = result as Exclude<Result, ProposedSet | undefined>; // the task's own
    return { ...prepared, change: JSON.parse(change) as Prepared["change"] }; // written by our own thread
  }

  /** As `splitSet`. Throws StatusError, 429 if too many wait. */
  async split(body: Body): Promise<ProposedSet> {
    return (await this.#ask({ task: "split", body })) as ProposedSet; // the task's own
  }

  /** Throws StatusError if JSON takes longer to parse than its length lets expect, or can't be stored; and 429. */
  async weigh(bytes: Uint8Array): Promise<void> {
    await this.#ask({ task: "weigh", bytes });
  }

  async #ask(task: Task): Promise<Result> {
    if (this.#waiting.size >= MAX_WAITING) throw tooManyRequests("too many large bodies at once: try again");
    const id = this.#questions++;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker ??= this.#start();
    this.#worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not a window
    this.#worker.postMessage({ ...task, id } satisfies Asked);
    const answer = await promise;
    if ("status" in answer) throw StatusError.fromStatus(answer.status);
    return answer.result;
  }

  #start(): Worker {
    const worker = new Worker(new URL("thread.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.on("message", (answer: Answer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.once("error", (error) => {
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(internalError("the body could not be read", error));
      this.#waiting.clear();
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
