import { hash } from "node:crypto";
import { Histogram } from "@percale/daemon";
import type { Logger, Registry } from "@percale/daemon";
import type { Dataplane } from "@percale/dataplane";
import { CalcGraph } from "@percale/policy";
import { condition } from "@percale/protocol";
import { gaugeOf } from "../gauges.ts";
import type { AgentPart, StreamStep } from "../part.ts";
import type { RaisedCondition } from "@percale/protocol";
import { collectGarbage } from "./memory.ts";
import { Pipeline } from "./pipeline.ts";

export interface CalculationOptions {
  readonly node: string;
  readonly dataplane: Pick<Dataplane, "apply" | "tried">;
  readonly log: Logger;
  /** The kernel holds what the log had at `revision`. */
  readonly onProgrammed: (revision: number) => void;
  readonly changed: () => void;
}

/** From the objects of the stream to what this node's kernel must hold. */
export class Calculation implements AgentPart {
  readonly name = "calculation";
  readonly pipeline: Pipeline;
  readonly #graph: CalcGraph;
  #applySeconds: Histogram | undefined;

  constructor({ node, dataplane, log, onProgrammed, changed }: CalculationOptions) {
    this.#graph = new CalcGraph({ node, sha224: (text) => hash("sha224", text, "buffer") });
    this.pipeline = new Pipeline({
      graph: this.#graph,
      dataplane,
      log,
      clock: () => performance.now(),
      onProgrammed: (revision) => {
        this.#applySeconds?.observe(this.pipeline.latencies.last / 1000);
        onProgrammed(revision);
        changed();
      },
    });
  }

  metrics(registry: Registry): void {
    const { pipeline } = this;
    this.#applySeconds = new Histogram({
      name: "percale_apply_seconds",
      help: "From a delta's arrival to the kernel's commit",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers: [registry],
    });
    gaugeOf(registry, "percale_applied_revision", "Revision that the node has calculated", () => pipeline.applied);
    gaugeOf(registry, "percale_programmed_revision", "Revision that is in the kernel", () => pipeline.programmed);
  }

  step(step: StreamStep): void {
    const { pipeline } = this;
    if (step.t === "loading") return pipeline.load(step.puts);
    pipeline.step(step.puts, step.deletes, step.revision);
    if (step.complete) void pipeline.whenProgrammed(step.revision).then(() => setImmediate(collectGarbage));
  }

  problem(): string | undefined {
    return this.pipeline.programmed === 0 ? "the first state of the network is not in the kernel yet" : undefined;
  }

  conditions(): RaisedCondition[] {
    return this.#graph
      .problems()
      .map(({ ref, reason, message }) => condition[`Object${reason}`]({ ...ref, ref, detail: message }));
  }
}
