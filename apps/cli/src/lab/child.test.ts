import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import { Child } from "./child.ts";
import type { ChildEnd } from "./child.ts";

const shell = (script: string): ChildProcess => spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });

test("one that ends is started again, later each time, and whoever cares hears how it ended", async () => {
  const ends: ChildEnd[] = [];
  const over = Promise.withResolvers<void>();
  const child = new Child({
    start: () => shell(ends.length === 0 ? "exit 3" : "kill -9 $$"),
    onExit: (end) => {
      ends.push(end);
      if (ends.length === 2) over.resolve();
      return ends.length < 2;
    },
  });
  expect(child.restarts).toBe(0);
  await over.promise;
  await child.stop();
  expect(ends).toStrictEqual([
    { code: 3, signal: null, pauseMs: 250 },
    { code: null, signal: "SIGKILL", pauseMs: 500 },
  ]);
  expect(child.restarts).toBe(1);
  expect(child.pid).toBeUndefined();
});

test("one that can't be started has ended too", async () => {
  const ended = Promise.withResolvers<ChildEnd>();
  const child = new Child({
    start: () => spawn("/nowhere/at/all"),
    onExit: (end) => {
      ended.resolve(end);
      return false;
    },
  });
  expect(await ended.promise).toStrictEqual({ code: null, signal: null, pauseMs: 250 });
  await child.stop();
});

test.each([
  ["that listens to SIGTERM is asked to end", "echo up; exec sleep 60", "SIGTERM"],
  ["that does not is made to", "trap '' TERM; echo up; while :; do sleep 0.05; done", "SIGKILL"],
])("one %s, and is not started again", async (_, script, signal) => {
  const started: ChildProcess[] = [];
  const child = new Child({
    start: () => {
      started.push(shell(script));
      return started.at(-1)!;
    },
    onExit: () => true,
  });
  const [process] = started;
  await once(process!.stdout!, "data"); // its trap stands
  expect(child.pid).toBe(process!.pid);
  await child.stop(200);
  expect([started.length, process!.signalCode, child.restarts]).toStrictEqual([1, signal, 0]);
});
