/**
 * What every daemon shares: configuration, log, request ids, metrics, health, hashes and the reconcile loop.
 *
 *     const log = createLogger({ component: "api", format: "pretty" });
 *     const health = new HealthRegistry();
 *     const server = await serveHealth({ host: "127.0.0.1", port: 9090, health, metrics: createMetrics({ health }) });
 *     onSignals({ log, stop: () => server.close() });
 */
export * from "./config.ts";
export * from "./hashes.ts";
export * from "./health-server.ts";
export * from "./health.ts";
export * from "./log.ts";
export * from "./loop.ts";
export * from "./metrics.ts";
export * from "./private-files.ts";
export * from "./request-id.ts";
export * from "./signals.ts";
export * from "./stalls.ts";
export * from "./state-file.ts";
export * from "./turns.ts";
export * from "./words.ts";
