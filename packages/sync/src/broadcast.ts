import { setTimeout as delay } from "node:timers/promises";
import type { Encoding } from "@percale/protocol";
import { deltaFrames, frameOf } from "./frames.ts";
import type { Frame } from "./frames.ts";
import { isNothing, roundOf } from "./round.ts";
import type { Round } from "./round.ts";
import type { SyncSource } from "./source.ts";
import { stepsOf } from "./steps.ts";
import type { Step } from "./steps.ts";
import type { View } from "./view.ts";

/**
 * After a round this many times what it took goes by before the next: half of what it costs to write to many comes after the round, as
 * the answers to what was written, so rounds take about a fifth of a processor.
 */
const REST = 8;
/** Rests that are shorter are put together: what wakes up late from them would be felt by few listeners, and saves nothing. */
const MIN_REST_MS = 10;
/** However long a round took: whoever listens to a server that has too much to do shall not wait much longer for that. */
const MAX_REST_MS = 100;
/** Those to whom nothing happened hear this much later how far the source is. */
const QUIET_MS = 250;

/** Who wants to hear of everything at once, as a view shows it to a node. */
export interface Listener {
  readonly view: View;
  readonly encoding: Encoding;
  readonly node: string;
  /** Where it stands: it has been told of everything up to there that concerns it. */
  revision: number;
  /** A whole transaction. */
  send(frames: readonly Frame[]): void;
  /** It does not keep up: it is let go, and has to catch up by itself. */
  readonly lags: boolean;
}

interface Place {
  readonly listener: Listener;
  /** Lets it go. */
  readonly leave: () => void;
}

/**
 * One follower of a source for all who listen:
 *
 *   source ─► step ─► a round for each view, encoded once ─► the same bytes to every listener
 *
 * The first change goes out at once; what comes while a round is written, and while the processor rests from it, makes the next.
 */
export class Broadcast {
  readonly #source: SyncSource;
  /** Listeners of one view and encoding, who get the same bytes. */
  readonly #lanes = new Map<string, Set<Place>>();
  #running: AbortController | undefined;
  /** Where the newest round ends, be it told already or not. */
  #revision = 0;
  /** Where the newest round ends that all have been told. */
  #told = 0;
  /** When what the rounds so far took has been rested from. */
  #restedAt = 0;
  #quiet: NodeJS.Timeout | undefined;

  constructor(source: SyncSource) {
    this.#source = source;
  }

  /** True if nothing is missing between where a listener stands and the next round. */
  isLevelWith(revision: number): boolean {
    return this.#running === undefined || revision >= this.#revision;
  }

  /**
   * Returns when the listener was let go, because it lags, the source failed or ended, or `signal` aborted; and at once if it is not level:
   * a round may have begun since it asked.
   */
  async attend(listener: Listener, signal: AbortSignal): Promise<void> {
    if (!this.isLevelWith(listener.revision)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = (): void => resolve();
    const place: Place = { listener, leave };
    const key = `${listener.view.name} ${listener.encoding}`;
    const lane = this.#lanes.get(key) ?? new Set();
    this.#lanes.set(key, lane.add(place));
    if (this.#running === undefined) void this.#run(listener.revision);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    await promise;
    signal.removeEventListener("abort", leave);
    lane.delete(place);
    if (lane.size === 0) this.#lanes.delete(key);
    if (this.#lanes.size === 0) this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(since: number): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#revision = since;
    this.#told = since;
    try {
      for await (const step of stepsOf(this.#source.follow({ since, signal: running.signal }), since)) {
        if (running.signal.aborted) break;
        await this.#tell(step, running.signal);
      }
    } catch {
      // Whoever catches up by himself meets the same, and knows what to say to his client.
    }
    if (this.#running !== running) return;
    this.#rest();
    for (const lane of this.#lanes.values()) for (const { leave } of lane) leave();
  }

  /** Lets go of everything once `signal` has aborted: other listeners may have come, who stand elsewhere. */
  async #tell(step: Step, signal: AbortSignal): Promise<void> {
    const before = process.threadCpuUsage();
    this.#revision = step.toRev;
    for (const lane of this.#lanes.values()) {
      await tellLane(lane, step, signal);
      if (signal.aborted) return;
    }
    this.#told = step.toRev;
    if (step.changes.length === 0) this.#tellQuiet();
    else this.#quiet ??= setTimeout(() => this.#tellQuiet(), QUIET_MS);
    const { user, system } = process.threadCpuUsage(before);
    const now = performance.now();
    this.#restedAt = Math.min(Math.max(this.#restedAt, now) + (REST * (user + system)) / 1_000, now + MAX_REST_MS);
    if (this.#restedAt - now >= MIN_REST_MS) await delay(this.#restedAt - now);
  }

  #tellQuiet(): void {
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    const frame = frameOf("bookmark", `{"t":"bookmark","revision":${this.#told}}`, "json");
    for (const lane of this.#lanes.values())
      for (const { listener } of lane) {
        if (listener.revision >= this.#told) continue;
        listener.send([frame]);
        listener.revision = this.#told;
      }
  }
}

/** `fromRev` is where the last of them stands: others are further, and have missed nothing in between. */
async function tellLane(lane: ReadonlySet<Place>, step: Step, signal: AbortSignal): Promise<void> {
  const [some] = lane;
  if (some === undefined) return;
  const { view, encoding } = some.listener;
  const round = await roundOf(step, view);
  const behind = [...lane].filter(({ listener }) => listener.revision < step.toRev);
  const fromRev = behind.reduce((least, { listener }) => Math.min(least, listener.revision), step.toRev);
  const frames = await framesOf(round, {
    fromRev,
    encoding,
    nodes: new Set(behind.map(({ listener }) => listener.node)),
  });
  if (signal.aborted) return;
  for (const place of behind) {
    const { listener, leave } = place;
    const own = frames(listener.node);
    if (own.length === 0 || !lane.has(place)) continue;
    listener.send(own);
    listener.revision = step.toRev;
    if (listener.lags) leave();
  }
}

/** A round's messages by node; what all get is encoded once. */
export async function framesOf(
  { toRev, shared, byNode }: Round,
  { fromRev, encoding, nodes }: { fromRev: number; encoding: Encoding; nodes: ReadonlySet<string> },
): Promise<(node: string) => readonly Frame[]> {
  const common = isNothing(shared) ? [] : await deltaFrames({ fromRev, toRev, ...shared }, encoding);
  const framesByNode = new Map<string, readonly Frame[]>();
  for (const [node, own] of byNode) {
    if (!nodes.has(node)) continue;
    const first = await deltaFrames({ fromRev, toRev, ...own, more: common.length > 0 }, encoding);
    framesByNode.set(node, [...first, ...common]);
  }
  return (node) => framesByNode.get(node) ?? common;
}
