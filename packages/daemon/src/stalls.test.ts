import { expect, test } from "vitest";
import { createLogger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { StallMonitor } from "./stalls.ts";

function monitored() {
  const lines: unknown[] = [];
  let [at, cpu] = [0, 0];
  const metrics = createMetrics();
  const log = createLogger({
    component: "test",
    write: (line) => {
      const { msg, ms, cpuMs, during } = JSON.parse(line) as Record<string, unknown>;
      lines.push({ msg, ms, cpuMs, during });
    },
  });
  const monitor = new StallMonitor({ log, metrics, now: () => at, cpuMicros: () => cpu });
  /** The loop comes back after so long, of which it computed some. */
  const pass = (ms: number, cpuMs = 0): void => {
    at += ms;
    cpu += cpuMs * 1000;
    monitor.tick();
  };
  return { monitor, metrics, lines, pass };
}

test("a loop that is free says nothing", () => {
  const { monitor, lines, pass } = monitored();
  monitor.begin("GET /slow");
  for (let i = 0; i < 100; i++) pass(60);
  expect(lines).toEqual([]);
});

test("a held loop is logged with the work of that time, also if it has ended since, and counted", async () => {
  const { monitor, metrics, lines, pass } = monitored();
  monitor.begin("GET /before")();
  pass(20);
  monitor.begin("POST /culprit")();
  pass(520, 480);
  pass(20);
  expect(lines).toEqual([{ msg: "event loop was held", ms: 500, cpuMs: 480, during: ["POST /culprit"] }]);
  expect(await metrics.getSingleMetricAsString("percale_event_loop_stall_seconds")).toContain(
    "percale_event_loop_stall_seconds_count 1",
  );
});

test("of many suspects the newest are named", () => {
  const { monitor, lines, pass } = monitored();
  for (let i = 0; i < 8; i++) {
    monitor.begin(`GET /${i}`);
    pass(20);
  }
  pass(200);
  expect(lines).toEqual([
    { msg: "event loop was held", ms: 180, cpuMs: 0, during: ["GET /7", "GET /6", "GET /5", "GET /4", "GET /3"] },
  ]);
});

test("the real loop, really held", async () => {
  const lines: string[] = [];
  const log = createLogger({ component: "test", write: (line) => void lines.push(line) });
  const monitor = new StallMonitor({ log, metrics: createMetrics() });
  monitor.start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const end = monitor.begin("a long loop");
  for (const until = performance.now() + 200; performance.now() < until;);
  end();
  await expect.poll(() => lines.join(""), { timeout: 5_000 }).toContain('"during":["a long loop"]');
  monitor.close();
});

test("the longest time that the loop was held is exported, also where it is too short to be told", async () => {
  const { metrics, pass } = monitored();
  for (const ms of [20, 45, 20, 60, 30]) pass(ms);
  expect(await metrics.getSingleMetricAsString("percale_event_loop_longest_stall_seconds")).toContain(
    "percale_event_loop_longest_stall_seconds 0.04",
  );
});
