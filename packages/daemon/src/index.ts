/**
 * What every daemon shares: configuration, log, metrics, health, hashes and the reconcile loop.
 *
 *     const log = createLogger({ component: "api", level: "error" });
 *     const health = new HealthRegistry();
 *     health.set(condition.DatabaseUnreachable({ detail: "connection refused" }));
 *     const registry = createMetrics({ health });
 *     (await registry.metrics()).includes('percale_condition{code="DatabaseUnreachable"'); // → true
 *     onSignals({ log, stop: () => undefined })();
 */
export * from "./changes.ts";
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
