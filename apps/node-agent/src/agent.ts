import { Changes, createMetrics, HealthRegistry, untilDone } from "@percale/daemon";
import type { Logger, Registry } from "@percale/daemon";
import type { AgentConfig } from "./config.ts";
import type { AgentPart, StreamStep } from "./part.ts";
import { agentParts } from "./parts.ts";

/** What parts share with the agent that runs them. */
export interface AgentContext {
  readonly config: AgentConfig;
  readonly log: Logger;
  readonly health: HealthRegistry;
  readonly metrics: Registry;
  readonly changes: Changes;
  /** Hands one step of the stream to all parts. */
  readonly step: (step: StreamStep) => void;
  /** Asks all parts what needs a person, and keeps it in `health`. */
  readonly tell: () => void;
}

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly log: Logger;
  /** Those of `parts.ts`, unless a test has others. */
  readonly parts?: (context: AgentContext) => AsyncIterable<AgentPart>;
}

/** One node's agent: its parts, started in their order, fed, asked and stopped together. What they are says `parts.ts`. */
export class NodeAgent {
  readonly #context: AgentContext;
  readonly #open: NonNullable<AgentOptions["parts"]>;
  readonly #parts: AgentPart[] = [];
  readonly #stop = new AbortController();
  /** Why a part's work ended, if it did. */
  readonly #broken = new Map<AgentPart, string>();
  #running: readonly Promise<void>[] = [];

  constructor(options: AgentOptions) {
    const { config, log, parts = agentParts } = options;
    this.#open = parts;
    const health = new HealthRegistry();
    this.#context = {
      config,
      log,
      health,
      metrics: createMetrics({ health }),
      changes: new Changes(),
      step: (step) => {
        for (const part of this.#parts) part.step?.(step);
      },
      tell: () => {
        for (const part of this.#parts) if (part.conditions !== undefined) health.tell(part.name, part.conditions());
      },
    };
  }

  async start(): Promise<void> {
    const { health, metrics, config, log } = this.#context;
    for await (const part of this.#open(this.#context)) {
      this.#parts.push(part);
      part.metrics?.(metrics);
      health.addCheck("ready", part.name, () => this.#broken.get(part) ?? part.problem?.());
      await part.start?.();
    }
    this.#running = this.#parts.flatMap((part) => (part.run === undefined ? [] : this.#run(part)));
    log.info("node agent started", { node: config.nodeName, parts: this.#parts.map(({ name }) => name) });
  }

  /** One part that cannot work takes no other with it: it is tried again, and the node is not ready meanwhile. */
  async #run(part: AgentPart): Promise<void> {
    const { log } = this.#context;
    await untilDone({
      attempt: async (signal) => {
        this.#broken.delete(part);
        await part.run?.(signal);
      },
      onError: (error) => {
        this.#broken.set(part, error instanceof Error ? error.message : String(error));
        log.error("a part of the agent failed", { part: part.name, error });
      },
      signal: this.#stop.signal,
    });
  }

  /** The kernel goes on enforcing, BIRD goes on routing (unless configured otherwise). */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    for (const part of this.#parts.toReversed()) await part.stop?.();
  }
}
