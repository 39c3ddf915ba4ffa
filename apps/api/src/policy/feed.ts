import { turns } from "@percale/daemon";
import { encodeObject, formatRef, objectAfter, refOf, StatusError, timeout } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import type { Datastore } from "@percale/store";
import type { Change, Feed } from "./world.ts";

/** So much is copied to the thread in about a millisecond. */
const PART_CHARACTERS = 512 * 1024;
/** Further behind, everything anew is less work: the log may have to be asked. */
const MAX_BEHIND = 5_000;
const WAIT_MS = 10_000;

interface FeederOptions {
  readonly store: Datastore;
  readonly post: (feed: Feed) => void;
  /** Ends waiting. */
  readonly signal: AbortSignal;
}

/** Tells a thread what it has to know of the store, when somebody asks: first everything, then what changed, each in turns. */
export class Feeder {
  readonly #store: Datastore;
  readonly #post: (feed: Feed) => void;
  readonly #signal: AbortSignal;
  /** What was told. Undefined: nothing yet. */
  #revision: number | undefined;
  #reaching: Promise<void> = Promise.resolve();

  constructor({ store, post, signal }: FeederOptions) {
    this.#store = store;
    this.#post = post;
    this.#signal = signal;
  }

  /** Returns once every write acknowledged before the call is told. Throws StatusError as `Datastore.snapshot`. */
  async catchUp(): Promise<void> {
    const head = await this.#store.head();
    const reached = this.#reaching.then(() => this.#reach(head));
    this.#reaching = reached.catch(() => undefined); // told to who asked
    return reached;
  }

  async #reach(head: number): Promise<void> {
    const since = this.#revision;
    if (since === undefined || head - since > MAX_BEHIND) return this.#tellAll();
    if (since >= head) return;
    try {
      await this.#tellChanges(since, head);
    } catch (error) {
      if (!(error instanceof StatusError && error.reason === "Expired")) throw error;
      await this.#tellAll();
    }
  }

  async #tellAll(): Promise<void> {
    const { objects, revision } = await this.#store.snapshot();
    await this.#tell(objects, revision, true);
  }

  /** The newest state of each object that changed. */
  async #tellChanges(since: number, head: number): Promise<void> {
    const patience = AbortSignal.any([this.#signal, AbortSignal.timeout(WAIT_MS)]);
    const newest = new Map<string, KubeObject | Exclude<Change, string>>();
    const turn = turns();
    let revision = since;
    for await (const event of this.#store.watch({ since, signal: patience })) {
      const ref = refOf(event.object);
      newest.set(formatRef(ref), objectAfter(event) ?? ref);
      ({ revision } = event);
      if (revision >= head && event.last) break; // never between two changes of one set
      const others = turn();
      if (others !== undefined) await others;
    }
    if (revision < head) throw timeout(`the store did not come to revision ${head} in ${WAIT_MS / 1_000} seconds`);
    await this.#tell(newest.values(), revision, false);
  }

  async #tell(
    things: Iterable<KubeObject | Exclude<Change, string>>,
    revision: number,
    isAnew: boolean,
  ): Promise<void> {
    const turn = turns();
    let changes: Change[] = [];
    let characters = 0;
    let isFirst = isAnew;
    for (const thing of things) {
      const change = "metadata" in thing ? encodeObject(thing) : thing;
      changes.push(change);
      characters += typeof change === "string" ? change.length : 0;
      if (characters >= PART_CHARACTERS) {
        this.#post({ changes, isAnew: isFirst });
        [changes, characters, isFirst] = [[], 0, false];
      }
      const others = turn();
      if (others !== undefined) await others;
    }
    this.#post({ changes, isAnew: isFirst, revision });
    this.#revision = revision;
  }
}
