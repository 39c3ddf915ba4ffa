import type { IncomingMessage } from "node:http";
import { sleepMs } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { formatCidr, maskCidr, tryParseAddress } from "@percale/net";
import { tooManyRequests } from "@percale/resources";

/** Failures that cost nothing: people mistype, agents start with yesterday's token. */
const FREE = 3;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 5_000;
/** After this long without a failure a source is as new. */
const FORGET_MS = 60_000;
/** Sources remembered; past it the oldest is forgotten. */
const SOURCES = 10_000;
/** Refusals of one source that wait at once; more are told to come later. */
const WAITING = 8;
/** One line per source and this long, with the number of failures since the last. */
const LOG_MS = 10_000;

interface Source {
  failures: number;
  waiting: number;
  lastAt: number;
  toldAt: number;
  untold: number;
}

export interface FailuresOptions {
  readonly log: Logger;
  readonly count: () => void;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Credentials that were refused: logged, counted, and the refusals of one source ever slower. Who shows a right one never waits,
 * whatever others at the same address do.
 */
export class Failures {
  readonly #options: Required<FailuresOptions>;
  readonly #sources = new Map<string, Source>();

  constructor(options: FailuresOptions) {
    this.#options = { now: Date.now, sleep: (ms) => sleepMs(ms), ...options };
  }

  /** Notes one and waits as long as its source has earned by now. Throws StatusError 429 for more than a source may have waiting. */
  async note(name: string, why: string): Promise<void> {
    const { count, sleep } = this.#options;
    count();
    const source = this.#sourceOf(name);
    source.failures++;
    this.#tell(name, source, why);
    const excess = source.failures - FREE;
    if (excess <= 0) return;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (excess - 1), MAX_WAIT_MS);
    if (source.waiting >= WAITING)
      throw tooManyRequests("too many wrong credentials from this address", Math.ceil(waitMs / 1000));
    source.waiting++;
    await sleep(waitMs).finally(() => source.waiting--);
  }

  #sourceOf(name: string): Source {
    const now = this.#options.now();
    const known = this.#sources.get(name);
    this.#sources.delete(name); // to be the youngest again
    const isStale = known === undefined || (now - known.lastAt > FORGET_MS && known.waiting === 0);
    const source = isStale ? { failures: 0, waiting: 0, lastAt: now, toldAt: -Infinity, untold: 0 } : known;
    source.lastAt = now;
    this.#sources.set(name, source);
    const [oldest] = this.#sources.keys();
    if (this.#sources.size > SOURCES && oldest !== undefined) this.#sources.delete(oldest);
    return source;
  }

  #tell(name: string, source: Source, why: string): void {
    source.untold++;
    if (this.#options.now() - source.toldAt < LOG_MS) return;
    this.#options.log.warn("credential refused", { source: name, failures: source.untold, why });
    source.toldAt = this.#options.now();
    source.untold = 0;
  }
}

/**
 * Whom a failure is put down to: an IPv4 address, an IPv6 network of 64 bits (one customer has as many addresses as he likes), or
 * the unix socket. The dashboard, on loopback, says for whom it asks.
 */
export function sourceOf({ socket, headers }: IncomingMessage): string {
  const peer = socket.remoteAddress;
  if (peer === undefined) return "unix socket";
  const isLocal = /^(::ffff:)?127\.|^::1$/.test(peer);
  const told = isLocal ? [headers["x-forwarded-for"] ?? []].flat().join().split(",").at(-1)!.trim() : "";
  return networkOf(told) ?? networkOf(peer) ?? "unknown";
}

/** Undefined for what is no address. */
export function networkOf(text: string): string | undefined {
  const address = tryParseAddress(text.replace(/^::ffff:(?=\d+\.)/, ""));
  if (address === undefined) return undefined;
  const bits = address.family === 4 ? 32 : 64;
  return formatCidr(maskCidr({ ...address, prefixLen: bits })).replace(/\/32$/, "");
}
