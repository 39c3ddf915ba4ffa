import { Counter, Gauge, Histogram } from "@percale/daemon";
import type { Registry } from "@percale/daemon";

/** What the API server counts of itself. */
export class ApiMetrics {
  readonly #requests: Histogram<"method" | "code">;
  readonly syncMessages: Counter<"kind">;
  readonly refusedCredentials: Counter;

  constructor(
    registry: Registry,
    counts: {
      readonly watches: () => number;
      readonly streams: () => number;
      readonly credentials: () => number;
      readonly strangers: () => number;
    },
  ) {
    const registers = [registry];
    this.#requests = new Histogram({
      name: "percale_api_request_seconds",
      help: "Time from a request's arrival to the end of its answer",
      labelNames: ["method", "code"],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers,
    });
    this.syncMessages = new Counter({
      name: "percale_api_sync_messages_total",
      help: "Messages sent on sync streams, by kind",
      labelNames: ["kind"],
      registers,
    });
    this.refusedCredentials = new Counter({
      name: "percale_api_refused_credentials_total",
      help: "Tokens, sessions and client certificates that were wrong or had ended",
      registers,
    });
    gauge("percale_api_watches", "Open watches", counts.watches, registers);
    gauge(
      "percale_api_open_credentials",
      "Calls, streams and sockets open in somebody's name",
      counts.credentials,
      registers,
    );
    gauge(
      "percale_api_strangers_connections",
      "Connections with nobody known on them yet",
      counts.strangers,
      registers,
    );
    gauge("percale_api_sync_streams", "Agents connected to this process", counts.streams, registers);
  }

  observe(method: string, code: number, ms: number): void {
    this.#requests.observe({ method, code: String(code) }, ms / 1000);
  }
}

function gauge(name: string, help: string, read: () => number, registers: Registry[]): void {
  const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) });
}
