import type { KubeObject, ObjectRef } from "@percale/resources";
import type { NodeUpdate } from "@percale/policy";
import type { ApplyReport, Dataplane } from "@percale/dataplane";
import type { Logger } from "@percale/daemon";
import { Latencies } from "./latencies.ts";

/** The calculation graph as the pipeline uses it. */
export interface Graph {
  put(object: KubeObject): void;
  remove(ref: ObjectRef): void;
  /** What changed for this node since the last call; the first call gives the whole state. */
  flush(): readonly NodeUpdate[];
}

export interface PipelineOptions {
  readonly graph: Graph;
  readonly dataplane: Pick<Dataplane, "apply">;
  readonly log: Logger;
  /** Monotonic, ms. */
  readonly clock: () => number;
  readonly onProgrammed: (revision: number, report: ApplyReport) => void;
  readonly onFailure: (error: unknown) => void;
}

const RETRY_MS = 1_000;
const NOTHING_DONE: ApplyReport = { tookMs: 0, messages: 0, bytes: 0, refused: [] };

/**
 * Steps of the stream → graph → dataplane. What arrives while a batch is on its way to the kernel goes together into the next;
 * nothing is flushed while a snapshot is half received.
 */
export class Pipeline {
  readonly latencies = new Latencies();
  readonly #options: PipelineOptions;
  #applied = 0;
  #programmed = 0;
  /** Arrival of the oldest step that is not in the kernel. */
  #since: number | undefined;
  #isLoading = true;
  #isBusy = false;
  /** Updates that the dataplane failed to take; they go first next time. */
  #unsent: readonly NodeUpdate[] = [];
  readonly #waiters: { revision: number; resolve: () => void }[] = [];

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  get applied(): number {
    return this.#applied;
  }

  get programmed(): number {
    return this.#programmed;
  }

  load(puts: readonly KubeObject[]): void {
    this.#isLoading = true;
    for (const object of puts) this.#options.graph.put(object);
  }

  step(puts: readonly KubeObject[], deletes: readonly ObjectRef[], revision: number): void {
    const { graph, clock } = this.#options;
    this.#isLoading = false;
    this.#since ??= clock();
    for (const object of puts) graph.put(object);
    for (const ref of deletes) graph.remove(ref);
    this.#applied = revision;
    if (!this.#isBusy) void this.#drain();
  }

  /** Resolves when the kernel holds what the log had at `revision`. */
  async whenProgrammed(revision: number): Promise<void> {
    if (this.#programmed >= revision) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ revision, resolve });
    await promise;
  }

  async #drain(): Promise<void> {
    const { graph, dataplane, clock, onProgrammed, onFailure } = this.#options;
    this.#isBusy = true;
    while (this.#since !== undefined && !this.#isLoading) {
      const [since, revision] = [this.#since, this.#applied];
      this.#since = undefined;
      const fresh = graph.flush();
      const updates = this.#unsent.length === 0 ? fresh : [...this.#unsent, ...fresh];
      try {
        const report = updates.length === 0 && this.#programmed > 0 ? NOTHING_DONE : await dataplane.apply(updates);
        this.#unsent = [];
        this.latencies.add(clock() - since);
        this.#programmed = revision;
        onProgrammed(revision, report);
        this.#wake();
      } catch (error) {
        this.#unsent = updates;
        this.#since ??= since;
        onFailure(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#isBusy = false;
  }

  #wake(): void {
    for (let i = this.#waiters.length - 1; i >= 0; i--) {
      const waiter = this.#waiters[i]!;
      if (waiter.revision > this.#programmed) continue;
      this.#waiters.splice(i, 1);
      waiter.resolve();
    }
  }
}
