import { StatusError, unauthorized } from "@percale/resources";
import type { Identity } from "./identity.ts";

/** Well inside the five seconds that what is open may outlive its credential. */
const SWEEP_MS = 2_000;

/** Something that stays open in somebody's name: a stream, a watch, a socket. */
export interface Held {
  /** Aborted with a StatusError as reason when the credential ends. */
  readonly ended: AbortSignal;
  /** Call it when what was open is closed. */
  readonly release: () => void;
}

interface Entry {
  readonly identity: Identity;
  expiresAt: number | undefined;
  readonly ask: () => Promise<Identity>;
  readonly abort: AbortController;
  isAsking: boolean;
}

/**
 * Credentials by which something is open. What was opened stays as its rights of then made it, so it ends when they become others.
 * Every two seconds each is asked again, all in one turn of the event loop so that the store reads them together (a thousand cost it
 * some 30 ms); its own end is known without the store, which may be away. Revocations made through another process count the same.
 */
export class OpenCredentials {
  readonly #entries = new Set<Entry>();
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;

  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  get count(): number {
    return this.#entries.size;
  }

  /** `ask` answers who the credential stands for by now, or throws StatusError. */
  hold(identity: Identity, ask: () => Promise<Identity>): Held {
    const { expiresAt } = identity;
    const entry: Entry = { identity, expiresAt, ask, abort: new AbortController(), isAsking: false };
    this.#entries.add(entry);
    return { ended: entry.abort.signal, release: () => void this.#entries.delete(entry) };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#entries.clear();
  }

  #sweep(): void {
    for (const entry of this.#entries) {
      if (entry.expiresAt !== undefined && entry.expiresAt <= this.#now())
        this.#end(entry, unauthorized("the credential has expired"));
      else if (!entry.isAsking) void this.#ask(entry);
    }
  }

  async #ask(entry: Entry): Promise<void> {
    entry.isAsking = true;
    try {
      const identity = await entry.ask();
      entry.expiresAt = identity.expiresAt;
      if (rightsOf(identity) !== rightsOf(entry.identity))
        this.#end(entry, unauthorized(`the rights of ${identity.user} have changed: connect anew`));
    } catch (error) {
      // A store that is away proves nothing against a credential.
      const isOver = error instanceof StatusError && (error.reason === "Unauthorized" || error.reason === "Forbidden");
      if (isOver) this.#end(entry, error);
    } finally {
      entry.isAsking = false;
    }
  }

  #end(entry: Entry, why: StatusError): void {
    if (this.#entries.delete(entry)) entry.abort.abort(why);
  }
}

/** What rights are judged by. */
function rightsOf({ user, impersonator, groups, uid, extra }: Identity): string {
  return JSON.stringify([user, impersonator, [...new Set(groups)].sort(), uid, extra]);
}
