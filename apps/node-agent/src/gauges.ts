import { Gauge } from "@percale/daemon";
import type { Registry } from "@percale/daemon";

/** A figure that is read when somebody asks for it. */
export function gaugeOf(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
}
