import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { HealthRegistry } from "./health.ts";

export { Counter, Gauge, Histogram, Registry } from "prom-client";

/** A registry with the process' own figures and `percale_condition` for each standing health condition. */
export function createMetrics({ health }: { readonly health?: HealthRegistry } = {}): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  if (health !== undefined) registry.registerMetric(conditionGauge(health));
  return registry;
}

function conditionGauge(health: HealthRegistry): Gauge {
  return new Gauge({
    name: "percale_condition",
    help: "Standing health conditions, by code and severity",
    labelNames: ["code", "severity"],
    registers: [],
    collect() {
      this.reset();
      for (const { code, severity } of health.list()) this.inc({ code, severity });
    },
  });
}
