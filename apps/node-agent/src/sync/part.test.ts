import { createMetrics, HealthRegistry, silentLogger } from "@percale/daemon";
import type { AgentStatus } from "@percale/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { object } from "../testdata/objects.ts";
import { openTestApi } from "../testdata/api.ts";
import type { TestApi } from "../testdata/api.ts";
import { Stream } from "./part.ts";

let api: TestApi;
let stream: Stream;
let stop: AbortController;
let running: Promise<void>;
let now: number;
/** What there was to see when the stream last said that something may differ. */
let seen: ReturnType<typeof look>;
let steps: string[];

function look() {
  const { isConnected, inSync, detail } = stream;
  return {
    isConnected,
    inSync,
    detail,
    problem: stream.problem(),
    conditions: stream.conditions().map((one) => [one.code, one.severity, one.detail]),
  };
}

beforeEach(async () => {
  [api, stop, running, now, steps] = [await openTestApi(), new AbortController(), Promise.resolve(), 1_000_000, []];
  stream = new Stream({
    node: "n1",
    api: api.client,
    log: silentLogger,
    now: () => now,
    onStep: ({ t, puts }) => void steps.push(`${t} ${puts.map(({ metadata }) => metadata.name).join(" ")}`),
    changed: () => void (seen = look()),
  });
  seen = look();
});
afterEach(async () => {
  stop.abort();
  await running;
  await api.close();
});

const run = (): void => void (running = stream.run(stop.signal));
const eventually = async (read: () => unknown, wanted: unknown): Promise<void> => {
  await expect.poll(read, { timeout: 20_000, interval: 5 }).toEqual(wanted);
};

test("before the server has answered anything there is nothing to tell, and no hurry", () => {
  expect(seen).toEqual({ isConnected: false, inSync: false, detail: "starting", problem: undefined, conditions: [] });
});

test("a node that is connected holds what its server has, and acknowledges and reports to it", async () => {
  api.server.seed([object("Tier", "default", { order: 1 })]);
  run();
  await eventually(() => seen, { isConnected: true, inSync: true, detail: "", problem: undefined, conditions: [] });
  expect([...stream.held.objects.keys()]).toEqual(["Tier/default"]);
  expect(steps).toContainEqual(expect.stringContaining("default"));
  stream.ack(3, 2);
  stream.report({ node: "n1" } as AgentStatus); // no more of it is read
  await eventually(
    () => [api.server.acked, api.server.statuses],
    [{ t: "ack", applied: 3, programmed: 2 }, [{ node: "n1" }]],
  );
  const registry = createMetrics({ health: new HealthRegistry() });
  stream.metrics(registry);
  expect(await registry.metrics()).toContain("\npercale_api_connected 1\n");
});

test("a node that lost its server tells so at once, and is not ready once that has lasted", async () => {
  run();
  await eventually(() => seen.isConnected, true);
  now += 1_000_000;
  await api.server.close();
  await eventually(() => seen.conditions.map(([code]) => code), ["ApiUnreachable"]);
  expect(seen).toMatchObject({ isConnected: false, inSync: false, problem: undefined });
  now += 59_999;
  expect(stream.problem()).toBeUndefined();
  now += 1;
  expect(stream.problem()).toBe(stream.detail);
  await api.server.listen(api.socketPath);
  await eventually(() => [seen.isConnected, seen.problem, seen.conditions], [true, undefined, []]);
});
