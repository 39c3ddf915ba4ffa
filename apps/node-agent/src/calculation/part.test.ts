import { createMetrics, HealthRegistry, silentLogger } from "@percale/daemon";
import type { ApplyReport } from "@percale/dataplane";
import { expect, test } from "vitest";
import { object, tier } from "../testdata/objects.ts";
import type { StreamStep } from "../part.ts";
import { Calculation } from "./part.ts";

const report: ApplyReport = { tookMs: 0, messages: 0, bytes: 0, refused: [] };
const step = (puts: Extract<StreamStep, { t: "step" }>["puts"], revision: number): StreamStep => ({
  t: "step",
  puts,
  deletes: [],
  revision,
  complete: false,
  heldBack: 0,
});

/** A calculation above a kernel that takes everything. */
function setUp() {
  const acknowledged: number[] = [];
  let changes = 0;
  const calculation = new Calculation({
    node: "n1",
    dataplane: { apply: async () => report, tried: async () => undefined },
    log: silentLogger,
    onProgrammed: (revision) => void acknowledged.push(revision),
    changed: () => void changes++,
  });
  return { calculation, acknowledged, changes: () => changes };
}

test("a node is not ready before the first state is in the kernel; each that is in is acknowledged, and measured", async () => {
  const { calculation, acknowledged, changes } = setUp();
  const registry = createMetrics({ health: new HealthRegistry() });
  calculation.metrics(registry);
  calculation.step({ t: "loading", puts: [tier] });
  expect(calculation.problem()).toBe("the first state of the network is not in the kernel yet");
  for (const revision of [5, 6]) {
    calculation.step(step([], revision));
    await calculation.pipeline.whenProgrammed(revision);
  }
  expect([calculation.problem(), acknowledged, changes()]).toEqual([undefined, [5, 6], 2]);
  const figures = (await registry.metrics())
    .split("\n")
    .filter((line) => /^percale_(appl|progr)\w+(_count| 6)/.test(line));
  expect(figures).toEqual([
    "percale_apply_seconds_count 2",
    "percale_applied_revision 6",
    "percale_programmed_revision 6",
  ]);
});

test("an object that cannot be calculated with is told of, by name, until it can", async () => {
  const { calculation } = setUp();
  const broken = object("GlobalNetworkPolicy", "p", { selector: "all(", types: ["Ingress"] });
  calculation.step(step([tier, broken], 1));
  await calculation.pipeline.whenProgrammed(1);
  const told = () => calculation.conditions().map(({ code, ref }) => [code, ref]);
  expect(told()).toEqual([["ObjectInvalid", { kind: "GlobalNetworkPolicy", name: "p" }]]);
  calculation.step(step([object("GlobalNetworkPolicy", "p", { selector: "all()", types: ["Ingress"] })], 2));
  await calculation.pipeline.whenProgrammed(2);
  expect(told()).toEqual([]);
});
