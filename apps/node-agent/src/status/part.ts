import { runLoop, sleepMs, Wake } from "@percale/daemon";
import type { Changes, Logger } from "@percale/daemon";
import type { AgentStatus } from "@percale/protocol";
import type { AgentPart } from "../part.ts";

const STATUS_MS = 10_000;
/** Changes that come together cost one report. */
const STATUS_SETTLE_MS = 200;

export interface StatusOptions {
  /** The agent's account of itself at this moment. */
  readonly read: () => AgentStatus;
  readonly report: (status: AgentStatus) => void;
  readonly changes: Changes;
  readonly log: Logger;
}

/** Tells the API how the node stands: soon after a change, and regularly. */
export class StatusReports implements AgentPart {
  readonly name = "status";
  readonly #options: StatusOptions;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { read, report, changes, log } = this.#options;
    const wake = new Wake();
    const stop = changes.on(() => wake.notify());
    await runLoop({
      pass: async () => report(read()),
      changed: async (until) => {
        await wake.wait(until);
        await sleepMs(STATUS_SETTLE_MS, until);
      },
      onError: (error) => log.error("the status could not be told", { error }),
      signal,
      resyncMs: STATUS_MS,
    });
    stop();
  }
}
