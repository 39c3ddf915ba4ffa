import type { KubeObject, ObjectRef } from "@percale/resources";
import type { NodeUpdate } from "@percale/policy";
import type { ApplyReport, Dataplane } from "@percale/dataplane";
import { stepsInTurns } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { Latencies } from "./latencies.ts";

/** The calculation graph as the pipeline uses it. */
export interface Graph {
  put(object: KubeObject): void;
  remove(ref: ObjectRef): void;
  /**
   * What changed for this node since the last call, in short steps; the first call gives the whole state. Until the last step
   * nothing is put or removed.
   */
  flushSteps(): Iterator<unknown, readonly NodeUpdate[]>;
  /** Does a part of the next flush ahead, with the same care. */
  prepareSteps(): Iterator<unknown, void>;
}

interface Arrived {
  readonly puts: readonly KubeObject[];
  readonly deletes: readonly ObjectRef[];
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
 * while a snapshot is half received nothing is flushed, only prepared. A batch that fails stays with the dataplane, which tries it again together
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
  /** Not in the graph yet. */
  #arrived: Arrived[] = [];
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
    this.#arrived.push({ puts, deletes: [] });
    if (!this.#isBusy) void this.#drain();
  }

  step(puts: readonly KubeObject[], deletes: readonly ObjectRef[], revision: number): void {
    this.#isLoading = false;
    this.#since ??= this.#options.clock();
    this.#arrived.push({ puts, deletes });
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
    while (this.#arrived.length > 0) {
      const [arrived, since, revision] = [this.#arrived, this.#since, this.#applied];
      const isHalf = this.#isLoading || since === undefined;
      this.#arrived = [];
      if (!isHalf) this.#since = undefined;
      await stepsInTurns(absorb(graph, arrived));
      if (isHalf) {
        await stepsInTurns(graph.prepareSteps());
        continue;
      }
      const updates = await stepsInTurns(graph.flushSteps());
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

function* absorb(graph: Graph, arrived: readonly Arrived[]): Generator<undefined, void> {
  for (const { puts, deletes } of arrived) {
    for (const object of puts) {
      graph.put(object);
      yield;
    }
    for (const ref of deletes) {
      graph.remove(ref);
      yield;
    }
  }
}
