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
  identity: Identity;
  readonly ask: () => Promise<Identity>;
  readonly abort: AbortController;
  isAsking: boolean;
}

/**
 * Credentials by which something is open. Every two seconds each is asked again, all in one turn of the event loop so that the
 * store reads them together (a thousand cost it some 30 ms); its own end is known without the store, which may be away. Revocations made through another
 * process count the same.
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
    const entry: Entry = { identity, ask, abort: new AbortController(), isAsking: false };
    this.#entries.add(entry);
    return { ended: entry.abort.signal, release: () => void this.#entries.delete(entry) };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#entries.clear();
  }

  #sweep(): void {
    for (const entry of this.#entries) {
      if (entry.identity.expiresAt !== undefined && entry.identity.expiresAt <= this.#now())
        this.#end(entry, unauthorized("the credential has expired"));
      else if (!entry.isAsking) void this.#ask(entry);
    }
  }

  async #ask(entry: Entry): Promise<void> {
    entry.isAsking = true;
    try {
      entry.identity = await entry.ask();
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
