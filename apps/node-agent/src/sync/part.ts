import type { Logger, Registry } from "@percale/daemon";
import { condition, VERSION } from "@percale/protocol";
import type { AgentStatus } from "@percale/protocol";
import type { ApiClient } from "../api/client.ts";
import { gaugeOf } from "../gauges.ts";
import type { AgentPart, StreamStep } from "../part.ts";
import type { RaisedCondition } from "@percale/protocol";
import { SyncClient } from "./client.ts";
import type { SyncState } from "./client.ts";
import type { HeldObjects } from "./held.ts";

/** A node that has heard nothing for this long is not ready, though it goes on enforcing. */
const UNREADY_AFTER_MS = 60_000;

export interface StreamOptions {
  readonly node: string;
  readonly api: ApiClient;
  readonly log: Logger;
  readonly now: () => number;
  readonly onStep: (step: StreamStep) => void;
  readonly changed: () => void;
}

/** The agent's line to the API: what it holds of the store, and how it stands with the server. */
export class Stream implements AgentPart {
  readonly name = "api";
  readonly #options: StreamOptions;
  readonly #client: SyncClient;
  #state: SyncState = { connected: false, inSync: false, detail: "starting" };
  #wasAsked = false;
  #unreachableSince: number;

  constructor(options: StreamOptions) {
    const { node, api, log, now, onStep, changed } = options;
    this.#options = options;
    this.#unreachableSince = now();
    this.#client = new SyncClient({
      url: api.url,
      agent: api.agent,
      token: api.token,
      node,
      build: VERSION,
      log,
      onStep: (step) => {
        onStep(step);
        changed();
      },
      onState: (state) => {
        if (this.#state.connected && !state.connected) this.#unreachableSince = now();
        this.#state = state;
        this.#wasAsked = true;
        changed();
      },
    });
  }

  get held(): HeldObjects {
    return this.#client.held;
  }

  get isConnected(): boolean {
    return this.#state.connected;
  }

  /** Also while the server catches up, if this node holds a whole state. */
  get inSync(): boolean {
    return this.#state.inSync || (this.#state.connected && this.held.isComplete);
  }

  /** Why there is no connection, in the server's or the socket's words. */
  get detail(): string {
    return this.#state.detail;
  }

  ack(applied: number, programmed: number): void {
    this.#client.ack(applied, programmed);
  }

  report(status: AgentStatus): void {
    this.#client.report(status);
  }

  metrics(registry: Registry): void {
    gaugeOf(registry, "percale_api_connected", "1 while the stream is connected", () => (this.isConnected ? 1 : 0));
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#client.run(signal);
  }

  problem(): string | undefined {
    const { connected, detail } = this.#state;
    return connected || this.#options.now() - this.#unreachableSince < UNREADY_AFTER_MS ? undefined : detail;
  }

  conditions(): RaisedCondition[] {
    const { connected, detail, rejected } = this.#state;
    return connected || !this.#wasAsked ? [] : [condition.ApiUnreachable({ isRefused: rejected === "auth", detail })];
  }

  stop(): void {
    this.#options.api.close();
  }
}
