import { tooManyRequests } from "@percale/resources";
import type { Identity } from "./auth/identity.ts";

/** What one API process bears. Past them a client gets 429 and a hint when to come again. */
export const LIMITS = {
  watches: 5_000,
  syncStreams: 1_000,
  /** Of one agent: its own, and those that a lost network has not yet ended. */
  syncStreamsPerNode: 8,
  /** Snapshots on their way at once. */
  snapshots: 32,
  /** Of one agent: its own, and one that a lost network has not yet ended. */
  snapshotsPerNode: 2,
  /** Requests being answered, watches not counted. */
  inFlight: 2_000,
  /** Browsers' WebSockets. */
  sockets: 2_000,
  /** On one of them: a tab of the dashboard has three. */
  subscriptionsPerSocket: 32,
  /** In one request or one message: each takes a turn of the event loop that nobody else gets. */
  callsAtOnce: 32,
  /** Requests, and again sockets, of those who have not shown who they are; and how many of them one source may have. */
  anonymous: 128,
  anonymousPerAddress: 32,
  connections: 10_000,
  /** Of one source, with nobody known on them yet: whoever opens more keeps out his own neighbours alone. */
  strangersConnections: 2_000,
} as const;

/** Counts what is under way. */
export class Gate {
  readonly #most: number;
  #now = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#now;
  }

  /** False when full; otherwise `leave` must follow. */
  enter(): boolean {
    if (this.#now >= this.#most) return false;
    this.#now++;
    return true;
  }

  leave(): void {
    this.#now--;
  }
}

/** Gives up a place; more than once is once. */
export type Leave = () => void;

/** A number of places, of which each key may hold only some. */
export class SharedGate {
  readonly #all: Gate;
  readonly #mostPerKey: number;
  readonly #gateByKey = new Map<string, Gate>();

  constructor(most: number, mostPerKey: number) {
    this.#all = new Gate(most);
    this.#mostPerKey = mostPerKey;
  }

  /** Undefined when full. Without a key only the whole number counts. */
  enter(key?: string): Leave | undefined {
    if (!this.take(key)) return undefined;
    let isInside = true;
    return () => {
      if (isInside) this.give(key);
      isInside = false;
    };
  }

  /** As `enter`, for those who give their places back themselves, once each. */
  take(key?: string): boolean {
    const own = key === undefined ? undefined : (this.#gateByKey.get(key) ?? new Gate(this.#mostPerKey));
    if (own?.enter() === false) return false;
    if (!this.#all.enter()) {
      own?.leave();
      return false;
    }
    if (key !== undefined && own !== undefined) this.#gateByKey.set(key, own);
    return true;
  }

  give(key?: string): void {
    this.#all.leave();
    if (key === undefined) return;
    const own = this.#gateByKey.get(key);
    own?.leave();
    if (own?.count === 0) this.#gateByKey.delete(key);
  }
}

/** Places for those who are known, and a few of their own for everybody else, so that strangers can only keep out strangers. */
export class Places {
  readonly #known: Gate;
  readonly #unknown = new SharedGate(LIMITS.anonymous, LIMITS.anonymousPerAddress);
  readonly #what: string;

  constructor(most: number, what: string) {
    this.#known = new Gate(most);
    this.#what = what;
  }

  /** `source` is whom a stranger is told from others by. Throws StatusError 429 when full. */
  enter({ method }: Pick<Identity, "method">, source = ""): Leave {
    const leave = method === "anonymous" ? this.#unknown.enter(source) : this.#enterKnown();
    if (leave === undefined) throw tooManyRequests(`too many ${this.#what} at once: try again`);
    return leave;
  }

  #enterKnown(): Leave | undefined {
    if (!this.#known.enter()) return undefined;
    let isInside = true;
    return () => {
      if (isInside) this.#known.leave();
      isInside = false;
    };
  }
}

/** Serves a watch, if there is a place for one more. */
export async function serveWatch(watches: Gate, serve: () => Promise<void>): Promise<void> {
  if (!watches.enter()) throw tooManyRequests(`${LIMITS.watches} watches are open: try again later`, 5);
  try {
    await serve();
  } finally {
    watches.leave();
  }
}
