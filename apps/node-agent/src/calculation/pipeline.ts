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
  readonly dataplane: Pick<Dataplane, "apply" | "tried">;
  readonly log: Logger;
  /** Monotonic, ms. */
  readonly clock: () => number;
  readonly onProgrammed: (revision: number, report: ApplyReport) => void;
}

const NOTHING_DONE: ApplyReport = { tookMs: 0, messages: 0, bytes: 0, refused: [] };

/**
 * Steps of the stream → graph → dataplane. What arrives while a batch is on its way to the kernel goes together into the next;
 * nothing is flushed while a snapshot is half received. A batch that fails stays with the dataplane, which tries it again together
 * with what comes later: a later change may be what mends it.
 */
export class Pipeline {
  readonly latencies = new Latencies();
  readonly #options: PipelineOptions;
  #applied = 0;
  /** Given to the dataplane. */
  #handedOver = 0;
  #programmed = 0;
  /** Arrival of the oldest step that is not in the kernel. */
  #since: number | undefined;
  #isLoading = true;
  #isBusy = false;
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
    const { graph, dataplane } = this.#options;
    this.#isBusy = true;
    while (this.#since !== undefined && !this.#isLoading) {
      const [since, revision] = [this.#since, this.#applied];
      this.#since = undefined;
      const updates = graph.flush();
      const owesNothing = this.#programmed > 0 && this.#programmed === this.#handedOver;
      this.#handedOver = revision;
      if (updates.length === 0 && owesNothing) {
        this.#tell(revision, since, NOTHING_DONE);
        continue;
      }
      dataplane.apply(updates).then(
        (report) => this.#tell(revision, since, report),
        () => {}, // closed: the kernel keeps what it has
      );
      await dataplane.tried();
    }
    this.#isBusy = false;
  }

  #tell(revision: number, since: number, report: ApplyReport): void {
    this.latencies.add(this.#options.clock() - since);
    this.#programmed = revision;
    this.#options.onProgrammed(revision, report);
    this.#wake();
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
