import { runLoop } from "@percale/daemon";
import type { Logger } from "@percale/daemon";
import { RT_TABLE_MAIN } from "@percale/kernel";
import type { Rtnetlink } from "@percale/kernel";
import type { NodeRoutes } from "@percale/protocol";
import type { AgentPart } from "../part.ts";
import { nodeRoutes } from "./routes.ts";

/** As old as a report may be. */
const LOOK_MS = 10_000;

export interface KernelRoutesOptions {
  readonly netlink: Pick<Rtnetlink, "links" | "routes">;
  readonly workloadInterfaces: () => ReadonlySet<string>;
  readonly log: Logger;
}

/** What the node's kernel holds of routes, as it was a moment ago: for people to look at, nothing is decided by it. */
export class KernelRoutes implements AgentPart {
  readonly name = "kernel-routes";
  readonly #options: KernelRoutesOptions;
  #routes: NodeRoutes | undefined;

  constructor(options: KernelRoutesOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { netlink, workloadInterfaces, log } = this.#options;
    await runLoop({
      pass: async () => {
        const [routes, links] = [await netlink.routes({ table: RT_TABLE_MAIN }), await netlink.links()];
        this.#routes = nodeRoutes(routes, links, workloadInterfaces());
      },
      changed: () => new Promise<never>(() => undefined),
      onError: (error) => log.error("routes could not be listed", { error }),
      signal,
      resyncMs: LOOK_MS,
    });
  }

  /** Undefined before the first look. */
  look(): NodeRoutes | undefined {
    return this.#routes;
  }
}
