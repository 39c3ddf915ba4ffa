import { rm } from "node:fs/promises";
import { serveHealth } from "@percale/daemon";
import type { HealthRegistry, HealthServer, Logger, Registry } from "@percale/daemon";
import type { AgentConfig } from "./config.ts";
import type { AgentPart } from "./part.ts";

export interface HealthEndpointOptions {
  readonly config: Pick<AgentConfig, "healthSocket" | "healthPort">;
  readonly health: HealthRegistry;
  readonly metrics: Registry;
  readonly log: Logger;
}

/** /livez, /readyz and /metrics of the agent. */
export class HealthEndpoint implements AgentPart {
  readonly name = "health";
  readonly #options: HealthEndpointOptions;
  #server: HealthServer | undefined;

  constructor(options: HealthEndpointOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { health, metrics, log } = this.#options;
    const { healthSocket, healthPort } = this.#options.config;
    if (healthSocket !== undefined) await rm(healthSocket, { force: true });
    const where = healthSocket === undefined ? { port: healthPort } : { path: healthSocket };
    this.#server = await serveHealth({ health, metrics, ...where });
    log.info("health served", { ...where, port: this.#server.port });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }
}
