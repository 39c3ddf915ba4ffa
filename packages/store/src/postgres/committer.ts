import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { inTurns, outsideRequests, turns, untilDone } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import type { ChangeSetResult } from "@percale/protocol";
import { charactersLeft, refOf, serviceUnavailable, timeout } from "@percale/resources";
import type { Cache } from "../cache.ts";
import type { ApplyOptions, AuthoredChangeSet } from "../datastore.ts";
import { Overlay, planSteps, refusalOfPlan } from "../plan.ts";
import { DATABASE_BACKOFF } from "../patience.ts";
import { hasGroup, readHead, readLog, writeGroup, writeGroupWithin } from "./log.ts";
import type { Group } from "./log.ts";
import { failureClassOf, refusalOf } from "./refusal.ts";

const MAX_CHANGES = 1_000; // in one group, unless a single set is larger
const GROUP_CHARACTERS = 8 * 1024 * 1024; // of JSON: a group ends with the set that gets there, for the others wait for all of it
const SMALL_CHARACTERS = 16 * 1024;
const UNKNOWN_MS = 15_000; // how long callers wait to learn what became of their write
const CONTENDED_GROUPS = 16; // after meeting another writer, take the lock first for so many groups

interface Pending {
  readonly changeSet: AuthoredChangeSet;
  readonly check: ApplyOptions["check"];
  readonly resolve: (result: ChangeSetResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Planned {
  readonly group: Group;
  /** One for each caller of the batch, to be called once the group is committed. */
  readonly answers: readonly (() => void)[];
}

export interface CommitterOptions {
  readonly cache: Cache;
  readonly epoch: string;
  readonly connect: () => Promise<Client>;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Group commit: what comes in while one group is being written makes the next one.
 *
 *   queue ─► plan against the cache ─► one statement "if the log still ends here" ─► cache, answers
 *     ▲           │    ▲                            │ another process was first
 *     └ the rest ─┘    └── lock the head, catch up ◄┘
 *
 * The lock makes one order of several processes; the condition makes it safe to repeat a statement whose outcome is unknown.
 * Of large objects it is a transaction of several statements, of which the first asks the condition and holds the head for all.
 */
export class Committer {
  readonly #options: CommitterOptions;
  #queue: Pending[] = [];
  #client: Client | undefined;
  #running: Promise<void> | undefined;
  /** The batch whose turn it is. */
  #batch: Promise<void> | undefined;
  #contended = 0;
  #isCrowded = false; // large sets wait in the queue
  #closed = false;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  commit(changeSet: AuthoredChangeSet, check: ApplyOptions["check"]): Promise<ChangeSetResult> {
    if (this.#closed) return Promise.reject(serviceUnavailable("the store is closed"));
    const { promise, resolve, reject } = Promise.withResolvers<ChangeSetResult>();
    this.#queue.push({ changeSet, check, resolve, reject });
    this.#running ??= outsideRequests(() => this.#run()); // of many requests
    return promise;
  }

  /** Resolves once what is being written, if anything, is in the cache or failed. */
  readonly written = async (): Promise<void> => this.#batch;

  /** Waits for the writes under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#client?.end().catch(() => undefined); // a dead connection is closed enough
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // let the callers of this turn join the first group
    while (this.#queue.length > 0) {
      if (this.#isCrowded) await this.#letSmallPass();
      this.#batch = this.#commitOrSplit(this.#takeBatch());
      await this.#batch;
    }
    this.#running = undefined;
  }

  /** So that a small write shares the next group, however many large ones came before it. */
  async #letSmallPass(): Promise<void> {
    this.#isCrowded = false;
    const small: Pending[] = [];
    const large: Pending[] = [];
    await inTurns(this.#queue.splice(0), (pending) =>
      (isSmall(pending, this.#options.cache) ? small : large).push(pending),
    );
    this.#queue.unshift(...small, ...large);
  }

  #takeBatch(): Pending[] {
    let changes = 0;
    const end = this.#queue.findIndex(
      ({ changeSet }, index) => (changes += changeSet.changes.length) > MAX_CHANGES && index > 0,
    );
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  /** What the database refuses for its data is halved until the set is alone that carries it: nobody else's write fails for it. */
  async #commitOrSplit(batch: Pending[]): Promise<void> {
    try {
      await this.#commitBatch(batch);
    } catch (error) {
      if (batch.length > 1 && failureClassOf(error) === "data") {
        const second = batch.splice(Math.ceil(batch.length / 2));
        await this.#commitOrSplit(batch);
        await this.#commitOrSplit(second);
      } else for (const { reject } of batch) reject(refusalOf(error)); // those already answered don't hear it
    }
  }

  async #commitBatch(batch: Pending[]): Promise<void> {
    if (this.#contended === 0) {
      const planned = await this.#plan(batch);
      this.#client ??= await this.#connect();
      if (await this.#settle(planned, (client) => this.#writeOrCompare(client, planned, writeGroup)))
        return this.#answer(planned);
      this.#contended = CONTENDED_GROUPS;
    }
    this.#contended--;
    await this.#commitLocked(batch);
  }

  /**
   * Plans each set on top of those before it. A refused one leaves no trace; it hears so once the group's place in the log is sure.
   * Once the group is large enough, what is left of the batch goes back to the head of the queue.
   * If meanwhile the tail brings what another process wrote, the plan is worth nothing, and will not be written: its head is not the log's.
   */
  async #plan(batch: Pending[]): Promise<Planned> {
    const { cache, epoch, now } = this.#options;
    const head = cache.revision;
    const view = new Overlay(cache.objects);
    const events: Group["events"][number][] = [];
    const answers: (() => void)[] = [];
    const turn = turns();
    let characters = 0;
    for (const [index, { changeSet, check, resolve, reject }] of batch.entries()) {
      if (characters >= GROUP_CHARACTERS) {
        this.#queue.unshift(...batch.splice(index));
        this.#isCrowded = true;
        break;
      }
      const own = new Overlay(view);
      const revision = head + events.length;
      try {
        const input = { changeSet, check, revision, now: now(), newUid: randomUUID, random: Math.random };
        const steps = planSteps(own, input);
        let step = steps.next();
        for (; step.done !== true; step = steps.next()) {
          const others = turn();
          if (others !== undefined) await others; // not for small sets: many of them make a group
        }
        const plan = step.value;
        answers.push(() => resolve(plan.result));
        characters += plan.characters;
        if (changeSet.dryRun === true) continue;
        const { author, reason = "", requestId = "" } = changeSet;
        for (const event of plan.events) events.push({ ...event, author, reason, requestId });
        await own.mergeInto(view);
      } catch (error) {
        answers.push(() => reject(refusalOfPlan(error)));
      }
    }
    await turn(); // what is planned is written out next, which takes as long again
    return { group: { id: randomUUID(), epoch, head, events }, answers };
  }

  async #answer({ group, answers }: Planned): Promise<void> {
    await this.#options.cache.advanceInTurns(group.events);
    for (const answer of answers) answer();
  }

  /** A group without events (refusals, dry runs, updates that change nothing) still has to be right about the newest state. */
  async #writeOrCompare(client: Client, { group }: Planned, write: typeof writeGroup): Promise<boolean> {
    if (group.events.length > 0) return write(client, group);
    const { epoch, head } = await readHead(client);
    return epoch === group.epoch && head === group.head;
  }

  /** Another process writes too: hold the head, read what it wrote, plan on that, commit. */
  async #commitLocked(batch: Pending[]): Promise<void> {
    for (;;) {
      const client = (this.#client ??= await this.#connect());
      try {
        await client.query("BEGIN");
        await this.#catchUpUnderLock(client);
      } catch (error) {
        this.#dropClient();
        throw error;
      }
      const planned = await this.#plan(batch);
      const isWritten = await this.#settle(planned, async () => {
        const written = await this.#writeOrCompare(client, planned, writeGroupWithin);
        await client.query(written ? "COMMIT" : "ROLLBACK");
        return written;
      });
      if (isWritten) return this.#answer(planned);
    }
  }

  async #catchUpUnderLock(client: Client): Promise<void> {
    const { cache, epoch } = this.#options;
    await client.query("SELECT FROM store_head FOR UPDATE");
    const locked = await readHead(client);
    if (locked.epoch !== epoch || locked.head < cache.revision)
      throw serviceUnavailable("the database was replaced or set back: restart the API server");
    while (cache.revision < locked.head) {
      const events = await readLog(client, cache.revision);
      if (events.length === 0) throw serviceUnavailable("the log was cut while this process was away: restart it");
      await cache.advanceInTurns(events);
    }
  }

  /**
   * Runs a write and makes sure of its outcome. After a lost connection the same statement is sent again until the database answers:
   * it can't take effect twice, and if it no longer applies, the log says whether the first attempt did.
   */
  async #settle(planned: Planned, write: (client: Client) => Promise<boolean>): Promise<boolean> {
    const { group } = planned;
    try {
      return await write(this.#client!);
    } catch (error) {
      this.#dropClient();
      if (failureClassOf(error) !== "connection" || group.events.length === 0) throw error;
      this.#options.log.warn("connection lost during a commit, finding out its outcome", { error, head: group.head });
    }
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), UNKNOWN_MS);
    const outcome = await untilDone({
      attempt: async () => {
        this.#client ??= await this.#connect();
        return (await writeGroup(this.#client, group)) || (await hasGroup(this.#client, group));
      },
      onError: (error) => {
        this.#dropClient();
        if (failureClassOf(error) === "data") throw error; // then the first attempt was refused too
        for (const { reject } of this.#queue.splice(0)) reject(refusalOf(error)); // not sent, so sure not to have happened
      },
      signal: late.signal,
      backoff: DATABASE_BACKOFF,
    }).finally(() => clearTimeout(timer));
    if (outcome !== undefined) return outcome;
    this.#dropClient();
    throw timeout(
      "the database was lost while it stored this change, which may or may not have happened: read before trying again",
    );
  }

  /** A connection that ends while idle is forgotten, so that the next write knows it was never sent. */
  async #connect(): Promise<Client> {
    const client = await this.#options.connect();
    client.once("end", () => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }

  #dropClient(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => undefined); // it failed already; waiting for a dead peer would hold up the queue
  }
}

/** By what it brings and what it replaces; what may follow from it is not looked at. */
function isSmall({ changeSet: { changes } }: Pending, { objects }: Cache): boolean {
  let left = SMALL_CHARACTERS;
  try {
    return changes.every((change) => {
      if (change.op !== "delete") left = charactersLeft(change.object, left);
      const old = objects.get(change.op === "delete" ? change.ref : refOf(change.object));
      if (old !== undefined) left = charactersLeft(old, left);
      return left >= 0;
    });
  } catch {
    return false; // of no shape at all: planning it will say so
  }
}
