import { formatRef, type KubeObject, type ObjectRef, refOf } from "@percale/resources/catalog";
import type { Answer, Feed, Question, Said, Told } from "./messages.ts";

/** One life of the worker. */
export interface Thread {
  /** Answers with one `hears` of the listener, or fails. */
  readonly tell: (told: Told) => void;
  readonly end: () => void;
}

export interface ThreadListener {
  readonly hears: (said: Said) => void;
  /** It is of no more use. */
  readonly fails: (message: string) => void;
}

interface DeskOptions {
  readonly start: (listener: ThreadListener) => Thread;
  readonly later: (ms: number, run: () => void) => void;
}

interface Asker {
  readonly question: Question;
  readonly tell: (answer: Answer) => void;
}

type Objects = ReadonlyMap<string, KubeObject>;

const FIRST_REST_MS = 1_000;
const MAX_REST_MS = 30_000;

/**
 * The page's side of the worker that judges drafts:
 *
 *     collections ─ hold ─┐                                    ┌─ fields, each told its newest answer
 *                         ├─► what changed, what is asked ─► worker
 *     fields ────── ask ──┘   one message at a time
 *
 * The worker is started when somebody asks. While it answers, what comes is gathered, so fast typing makes no queue; who left, because he
 * asks something else by now, is told nothing, so no old answer replaces a newer one. A worker that fails is replaced after a rest, and
 * its successor told everything anew.
 */
export class Desk {
  readonly #start: DeskOptions["start"];
  readonly #later: DeskOptions["later"];
  readonly #held = new Map<string, readonly KubeObject[]>();
  readonly #askers = new Map<number, Asker>();
  /** Who asked, or whose answer may be another by now. */
  readonly #open = new Set<number>();
  #thread: Thread | undefined;
  /** What the thread knows, by kind. */
  #known = new Map<string, { readonly items: readonly KubeObject[]; readonly objects: Objects }>();
  #numbers = 0;
  #isBusy = false;
  #failures = 0;
  /** While it rests after a failure: what to say meanwhile. */
  #failure: Answer | undefined;

  constructor({ start, later }: DeskOptions) {
    this.#start = start;
    this.#later = later;
  }

  /** All objects of a kind, as they are now. What did not change has kept its identity. */
  hold(kind: string, items: readonly KubeObject[]): void {
    if (this.#held.get(kind) === items) return;
    this.#held.set(kind, items);
    this.#send();
  }

  /** Tells the answer, and again when it may be another, until the function that it returns is called. */
  ask(question: Question, tell: (answer: Answer) => void): () => void {
    const asker = ++this.#numbers;
    this.#askers.set(asker, { question, tell });
    this.#open.add(asker);
    if (this.#failure !== undefined) tell(this.#failure);
    this.#send();
    return () => {
      this.#askers.delete(asker);
      this.#open.delete(asker);
    };
  }

  #send(): void {
    if (this.#isBusy || this.#failure !== undefined || this.#askers.size === 0) return;
    const feeds = [...this.#held].flatMap(([kind, items]) => this.#feedOf(kind, items));
    if (feeds.length > 0) this.#openAll();
    if (this.#open.size === 0) return;
    const questions = Array.from(this.#open, (asker) => [asker, this.#askers.get(asker)!.question] as const);
    this.#open.clear();
    this.#isBusy = true;
    this.#thread ??= this.#newThread();
    this.#thread.tell({ feeds, questions });
  }

  #openAll(): void {
    this.#open.clear(); // in the order in which they came
    for (const asker of this.#askers.keys()) this.#open.add(asker);
  }

  #feedOf(kind: string, items: readonly KubeObject[]): readonly Feed[] {
    const before = this.#known.get(kind);
    if (before?.items === items) return [];
    const objects = new Map(items.map((one) => [formatRef(refOf(one)), one]));
    this.#known.set(kind, { items, objects });
    return [{ kind, changes: changesBetween(before?.objects ?? new Map(), objects) }];
  }

  #newThread(): Thread {
    // A thread that was ended may still have something to say.
    const ifCurrent =
      <T>(act: (value: T) => void) =>
      (value: T): void => {
        if (this.#thread === thread) act(value);
      };
    const thread = this.#start({
      hears: ifCurrent((said) => this.#hear(said)),
      fails: ifCurrent((message) => this.#bury(message)),
    });
    return thread;
  }

  #hear(said: Said): void {
    this.#isBusy = false;
    this.#failures = 0;
    for (const [asker, answer] of said) this.#askers.get(asker)?.tell(answer);
    this.#send();
  }

  #bury(message: string): void {
    this.#thread?.end();
    this.#thread = undefined;
    this.#known = new Map();
    this.#isBusy = false;
    const said = `Nobody can say what it selects: the part of this page that judges drafts failed (${message}). It is started again.`;
    this.#failure = { said: "failed", message: said };
    for (const { tell } of this.#askers.values()) tell(this.#failure);
    this.#later(Math.min(FIRST_REST_MS * 2 ** this.#failures++, MAX_REST_MS), () => {
      this.#failure = undefined;
      this.#openAll();
      this.#send();
    });
  }
}

function changesBetween(before: Objects, now: Objects): (KubeObject | ObjectRef)[] {
  const gone = [...before].filter(([key]) => !now.has(key)).map(([, object]) => refOf(object));
  const changed = [...now].filter(([key, object]) => before.get(key) !== object).map(([, object]) => object);
  return [...gone, ...changed];
}
