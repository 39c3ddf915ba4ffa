import { randomUUID } from "node:crypto";
import { Wake } from "@percale/daemon";
import { BEAT_MS, hearingOf, PATIENCE } from "@percale/protocol";
import type { Hearing as Heard, Patience } from "@percale/protocol";
import type { AgentStatusRecords, Datastore, Notices } from "@percale/store";
import type { BeatView } from "../trpc/views.ts";
import { Ages } from "./ages.ts";
import { Attention } from "./attention.ts";
import { parseNotice, renderNotices } from "./notice.ts";

/** Agents that nobody watches say something every 10 s. */
const UNWATCHED: Patience = { heardMs: 25_000, lostMs: 25_000 };
/** After the question: by then those who are there have answered. */
const ANSWERED_MS = 200;

export interface HearingOptions {
  readonly store: Pick<Datastore, "heardMs">;
  readonly records: {
    readonly notices: Notices;
    readonly agentStatus: Pick<AgentStatusRecords, "watch">;
  };
  /** Of agents, at this server. */
  readonly streams: Iterable<{ ping(): void }>;
  readonly now?: () => number;
}

/**
 * Who was heard when: the database, and each node's agent, at this server or at another one over the same data. While a dashboard is open
 * anywhere, agents are asked at each beat:
 *
 *   dashboard here ─► ask our agents ─► beat to our dashboards        dashboard there ─► (notice) ask ours ─► (notice) how old they are
 */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #server = randomUUID();
  readonly #now: () => number;
  /** To the database, by our own loop alone. */
  readonly #attention: Attention;
  /** To agents as they are asked at each beat: begins when somebody watches, and anew when servers could not hear each other. */
  readonly #asking: Attention;
  readonly #ours: Ages;
  readonly #all: Ages;
  /** Whose report reached the database: of any age, so only for who is not asked. */
  readonly #reported: Ages;
  readonly #watchers = new Set<Wake>();
  #othersWatchAt = -Infinity;
  #isSaying = false;
  #askedAt = -Infinity;

  constructor(options: HearingOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#attention = new Attention(this.#now);
    this.#asking = new Attention(this.#now);
    this.#ours = new Ages(this.#now);
    this.#all = new Ages(this.#now);
    this.#reported = new Ages(this.#now);
  }

  /** Bound: an agent of this server said something. */
  readonly hear = (node: string): void => {
    this.#ours.hear(node);
    this.#all.hear(node);
  };

  node(node: string): Heard {
    const heardMs = this.#all.of(node);
    if (this.isWatched) return hearingOf({ heardMs, listeningMs: this.#asking.listeningMs });
    const anyMs = Math.min(heardMs ?? Infinity, this.#reported.of(node) ?? Infinity);
    const { listeningMs } = this.#attention;
    return hearingOf({ heardMs: anyMs === Infinity ? undefined : anyMs, listeningMs }, UNWATCHED);
  }

  /** Since the agent said anything; undefined: not since this process began. */
  ageOf(node: string): number | undefined {
    return this.#all.of(node);
  }

  database(): Heard {
    return hearingOf({ heardMs: this.databaseMs, listeningMs: this.#attention.listeningMs });
  }

  get databaseMs(): number {
    return this.#options.store.heardMs();
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0 || this.#othersWatch;
  }

  /** For a dashboard, while it listens: once at first, then at each beat. */
  async *beats(signal: AbortSignal): AsyncGenerator<BeatView> {
    const wake = new Wake();
    if (!this.isWatched) this.#asking.begin();
    this.#watchers.add(wake);
    signal.addEventListener("abort", () => wake.notify(), { once: true });
    this.#ask();
    try {
      for (;;) {
        await wake.wait();
        if (signal.aborted) return;
        yield this.#beat();
      }
    } finally {
      this.#watchers.delete(wake);
    }
  }

  /** Listens and asks until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { records } = this.#options;
    const leave = records.notices.on((text) => this.#receive(text));
    const timer = setInterval(() => this.tick(), BEAT_MS);
    for await (const { node, record } of records.agentStatus.watch(signal))
      if (record !== undefined) this.#reported.hear(node);
    clearInterval(timer);
    leave();
  }

  /** At each beat. */
  tick(): void {
    this.#attention.tick();
    this.#asking.tick();
    if (this.database() !== "heard") this.#asking.begin(); // neither do we hear what other servers hear
    if (this.isWatched) this.#ask();
    this.#tellOthers();
  }

  /** Whoever comes while the answers are awaited gets them too: many dashboards that come back at once are one question. */
  #ask(): void {
    if (this.#now() - this.#askedAt < ANSWERED_MS) return;
    this.#askedAt = this.#now();
    for (const stream of this.#options.streams) stream.ping();
    setTimeout(() => {
      for (const watcher of this.#watchers) watcher.notify();
    }, ANSWERED_MS).unref();
  }

  #beat(): BeatView {
    return {
      t: "beat",
      storeMs: Math.round(this.databaseMs),
      attentionMs: Math.round(this.#attention.listeningMs),
      askingMs: Math.round(this.#asking.listeningMs),
      nodes: Object.fromEntries(this.#all.all()),
    };
  }

  #tellOthers(): void {
    const watches = this.#watchers.size > 0;
    if (this.#isSaying || (!watches && !this.#othersWatch)) return;
    this.#isSaying = true;
    const heard = this.#othersWatch ? Object.fromEntries(this.#ours.all()) : {};
    const texts = renderNotices({ server: this.#server, watches, heard });
    Promise.all(texts.map((text) => this.#options.records.notices.say(text)))
      .catch(() => undefined) // without a database nobody hears, which they show
      .finally(() => (this.#isSaying = false));
  }

  #receive(text: string): void {
    const notice = parseNotice(text);
    if (notice === undefined || notice.server === this.#server) return;
    // What was said while we could not hear comes late, with ages of then.
    if (this.#asking.listeningMs >= BEAT_MS)
      for (const [node, ageMs] of Object.entries(notice.heard)) this.#all.hear(node, ageMs);
    if (!notice.watches) return;
    if (!this.isWatched) this.#asking.begin();
    this.#othersWatchAt = this.#now();
  }

  get #othersWatch(): boolean {
    return this.#now() - this.#othersWatchAt < PATIENCE.heardMs;
  }
}
