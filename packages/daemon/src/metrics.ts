import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Condition } from "@percale/protocol";

export { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Who knows what stands now, asked at each scrape: a health registry, or somebody who knows of more. */
interface Told {
  list(): Standing | Promise<Standing>;
}

type Standing = readonly Pick<Condition, "code" | "severity">[];

/** A registry with the process' own figures and `percale_condition` for each standing health condition. */
export function createMetrics({ health }: { readonly health?: Told } = {}): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  if (health !== undefined) registry.registerMetric(conditionGauge(health));
  return registry;
}

function conditionGauge(health: Told): Gauge {
  return new Gauge({
    name: "percale_condition",
    help: "Standing health conditions, by code and severity",
    labelNames: ["code", "severity"],
    registers: [],
    async collect() {
      const standing = await health.list();
      this.reset();
      for (const { code, severity } of standing) this.inc({ code, severity });
    },
  });
}
