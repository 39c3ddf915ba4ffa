import { setTimeout as delay } from "node:timers/promises";
import { untilDone } from "@percale/daemon";
import type { HealthRegistry, Logger, Progress } from "@percale/daemon";
import { condition } from "@percale/protocol";
import { objectAfter, PendingChange, StatusError } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import type { Datastore } from "@percale/store";
import { admit } from "../admission/admit.ts";
import { ADMIN_GROUP } from "../auth/identity.ts";
import type { Identity } from "../auth/identity.ts";
import { changesBack } from "../services/revert.ts";

const IDENTITY: Identity = { user: "system:controller:pending-changes", groups: [ADMIN_GROUP], method: "token" };

export interface PendingChangesOptions {
  readonly store: Datastore;
  readonly health: HealthRegistry;
  readonly log: Logger;
}

/**
 * Turns back what nobody confirmed in time. Every server does: who is late finds nothing pending any more. What became due while none
 * ran is turned back at the next start.
 */
export class PendingChanges {
  readonly #store: Datastore;
  readonly #health: HealthRegistry;
  readonly #log: Logger;
  /** Ends the wait for the deadline, by name. */
  readonly #waits = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();

  constructor({ store, health, log }: PendingChangesOptions) {
    this.#store = store;
    this.#health = health;
    this.#log = log;
  }

  /** Follows what is pending until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await untilDone({
      attempt: (stop, progress) => this.#follow(stop, progress),
      onError: (error) => this.#log.debug("pending changes not followed", { error }),
      signal,
    });
    for (const wait of this.#waits.values()) wait.abort();
    await Promise.all(this.#running);
  }

  async #follow(signal: AbortSignal, progress: Progress): Promise<void> {
    const { items, revision } = await this.#store.list({ kind: PendingChange.kind });
    const names = new Set(items.map(({ metadata }) => metadata.name));
    for (const name of this.#waits.keys()) if (!names.has(name)) this.#forget(name);
    for (const item of items) this.#wait(item);
    progress();
    for await (const event of this.#store.watch({ kinds: [PendingChange.kind], since: revision, signal })) {
      const left = objectAfter(event);
      if (left === undefined) this.#forget(event.object.metadata.name);
      else this.#wait(left);
    }
  }

  #forget(name: string): void {
    this.#waits.get(name)?.abort();
    this.#waits.delete(name);
    this.#health.clear(condition.ChangeNotTurnedBack.code, refTo(name));
  }

  /** Anew, where its deadline was moved. */
  #wait(object: KubeObject): void {
    const { name } = object.metadata;
    this.#waits.get(name)?.abort();
    const wait = new AbortController();
    this.#waits.set(name, wait);
    const running = this.#turnBackInTime(object as PendingChange, wait.signal).finally(() =>
      this.#running.delete(running),
    );
    this.#running.add(running);
  }

  async #turnBackInTime(object: PendingChange, signal: AbortSignal): Promise<void> {
    const { name } = object.metadata;
    await until(Date.parse(object.spec.deadline), signal);
    await untilDone({
      attempt: () => turnBack(this.#store, object),
      onError: (error, failures) => {
        this.#log.error("an unconfirmed change could not be turned back", { change: name, error, failures });
        const detail = `${name} of ${object.spec.author ?? "somebody"}: ${error instanceof Error ? error.message : String(error)}`;
        this.#health.set(condition.ChangeNotTurnedBack({ detail, ref: refTo(name) }));
      },
      signal,
    });
  }
}

function refTo(name: string): ObjectRef {
  return { kind: PendingChange.kind, name };
}

/** Everything that its change set wrote is as it was before, and it is gone; nothing happens if it is gone already, or was moved. Throws what refuses it. */
export async function turnBack(store: Datastore, object: PendingChange): Promise<void> {
  const { name } = object.metadata;
  const ref = refTo(name);
  const created = (await store.history(ref)).find(({ op }) => op === "ADDED");
  const current = await store.get(ref);
  if (current === undefined || current.metadata.resourceVersion !== object.metadata.resourceVersion) return;
  if (created === undefined) throw new Error("the change set that made it is not in the log any more");
  const others = (await changesBack(store, created.revision)).filter(
    (change) => !("ref" in change) || change.ref.kind !== PendingChange.kind,
  );
  const { uid, resourceVersion } = current.metadata;
  // Confirmed or moved meanwhile: then all of it stays.
  const own = { op: "delete" as const, ref, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  const reason = `not confirmed by ${object.spec.deadline}${object.spec.reason === undefined ? "" : `: ${object.spec.reason}`}`;
  try {
    await admit(store, { changes: [...others, own], reason }, { identity: IDENTITY });
  } catch (error) {
    const isGone = error instanceof StatusError && error.reason === "NotFound" && (await store.get(ref)) === undefined;
    if (!isGone) throw error;
  }
}

/** No timer waits for longer than 24 days. */
const LONGEST_MS = 86_400_000;

async function until(moment: number, signal: AbortSignal): Promise<void> {
  for (let left = moment - Date.now(); left > 0 && !signal.aborted; left = moment - Date.now())
    await delay(Math.min(left, LONGEST_MS), undefined, { signal }).catch(() => undefined);
}
