import type { IncomingMessage } from "node:http";
import { createLogger } from "@percale/daemon";
import { expect, test } from "vitest";
import { Failures, sourceOf } from "./failures.ts";

/** With a clock of its own: waits are kept, not waited for. */
function start() {
  const [lines, waits]: [string[], number[]] = [[], []];
  const clock = { now: 0, counted: 0 };
  const failures = new Failures({
    log: createLogger({ component: "test", write: (line) => lines.push(line) }),
    count: () => clock.counted++,
    now: () => clock.now,
    sleep: async (ms) => void waits.push(ms),
  });
  return { failures, lines, waits, clock };
}

test("each refusal of a source waits twice as long as the one before, up to five seconds; others don't wait", async () => {
  const { failures, waits } = start();
  for (let i = 0; i < 10; i++) await failures.note("192.0.2.1", "unknown");
  await failures.note("192.0.2.2", "unknown");
  expect(waits).toStrictEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});

test("a minute without a failure makes a source as new", async () => {
  const { failures, waits, clock } = start();
  for (let i = 0; i < 4; i++) await failures.note("192.0.2.1", "unknown");
  clock.now += 61_000;
  await failures.note("192.0.2.1", "unknown");
  expect(waits).toStrictEqual([250]);
});

test("every failure is counted; the log has one line per source and ten seconds", async () => {
  const { failures, lines, clock } = start();
  for (let i = 0; i < 5; i++) await failures.note("192.0.2.1", "the session has ended");
  clock.now += 10_000;
  await failures.note("192.0.2.1", "the session has ended");
  const told = lines.map((line) => JSON.parse(line) as { source: string; failures: number; level: string });
  expect(told.map(({ source, failures, level }) => [level, source, failures])).toStrictEqual([
    ["warn", "192.0.2.1", 1],
    ["warn", "192.0.2.1", 5],
  ]);
  expect(clock.counted).toBe(6);
});

test("a source has eight refusals waiting; the next is told to come later", async () => {
  const failures = new Failures({
    log: createLogger({ component: "test", write: () => undefined }),
    count: () => undefined,
    sleep: () => new Promise(() => undefined),
  });
  for (let i = 0; i < 11; i++) void failures.note("192.0.2.1", "unknown");
  await expect(failures.note("192.0.2.1", "unknown")).rejects.toMatchObject({ code: 429 });
});

test.each([
  ["192.0.2.7", undefined, "192.0.2.7"],
  ["::ffff:192.0.2.7", undefined, "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", undefined, "2001:db8:1:2::/64"],
  ["127.0.0.1", "203.0.113.9, 192.0.2.8", "192.0.2.8"],
  ["127.0.0.1", "nonsense", "127.0.0.1"],
  ["192.0.2.7", "203.0.113.9", "192.0.2.7"],
  [undefined, undefined, "unix socket"],
])("a peer %s that forwards for %s counts as %s", (remoteAddress, forwarded, source) => {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  expect(sourceOf({ socket: { remoteAddress }, headers } as unknown as IncomingMessage)).toBe(source);
});
