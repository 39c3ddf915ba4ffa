import { expect, test } from "vitest";
import { backoffMs, runLoop, untilDone, Wake } from "./loop.ts";

test("changes that come together cost one pass", async () => {
  const wake = new Wake();
  const stop = new AbortController();
  let passes = 0;
  const pass = async (): Promise<void> => {
    passes++;
    if (passes === 1) for (let i = 0; i < 10; i++) wake.notify();
    else stop.abort();
  };
  const never = (): Promise<void> => new Promise(() => undefined);
  const onError = (): void => undefined;
  await runLoop({ pass, changed: wake.wait, onError, signal: stop.signal, sleep: (_ms, s) => untilAborted(s, never) });
  expect(passes).toBe(2);
});

test("a failing pass is reported, waited for and tried again", async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const slept: number[] = [];
  await runLoop({
    pass: async () => {
      if (slept.length < 2) throw new Error("refused");
      stop.abort();
    },
    changed: async () => undefined,
    onError: (_error, failures) => seen.push(failures),
    signal: stop.signal,
    sleep: async (ms) => void slept.push(ms),
    backoff: { baseMs: 100, maxMs: 1000, random: () => 1 },
  });
  expect(seen).toEqual([1, 2]);
  expect(slept.slice(0, 2)).toEqual([100, 200]);
});

test("attempts go on until one succeeds; progress starts the back-off anew, and an error may say how long to wait", async () => {
  const slept: number[] = [];
  const failures: number[] = [];
  const fail = (text: string): never => {
    throw new Error(text);
  };
  const attempts = [
    () => fail("refused"),
    () => fail("refused"),
    (progress: () => void) => (progress(), fail("lost")),
    () => fail("busy"),
    () => "done",
  ];
  const result = await untilDone({
    attempt: async (_signal, progress) => attempts.shift()?.(progress),
    onError: (_error, count) => void failures.push(count),
    signal: new AbortController().signal,
    sleep: async (ms) => void slept.push(ms),
    backoff: { baseMs: 100, maxMs: 1000, random: () => 1 },
    waitMs: (error) => (String(error).includes("busy") ? 7 : undefined),
  });
  expect({ result, failures, slept }).toEqual({ result: "done", failures: [1, 2, 1, 2], slept: [100, 200, 100, 7] });
});

test("attempts end without a result when they are told to stop", async () => {
  const stop = new AbortController();
  const attempt = async (): Promise<never> => {
    stop.abort();
    throw new Error("stopped half-way");
  };
  const onError = (): void => expect.unreachable();
  expect(await untilDone({ attempt, onError, signal: stop.signal })).toBeUndefined();
});

test("backoff doubles up to its cap and keeps a floor under the jitter", () => {
  const at = (failures: number, random: number): number =>
    backoffMs(failures, { baseMs: 100, maxMs: 1000, random: () => random });
  expect([at(1, 1), at(2, 1), at(9, 1)]).toEqual([100, 200, 1000]);
  expect(at(1, 0)).toBe(10);
});

function untilAborted(signal: AbortSignal, never: () => Promise<void>): Promise<void> {
  return signal.aborted ? Promise.resolve() : never();
}

test("a change during the pass that follows a resync is not lost", async () => {
  const wake = new Wake();
  const stop = new AbortController();
  const resyncs: (() => void)[] = [];
  let passes = 0;
  const pass = async (): Promise<void> => {
    passes++;
    if (passes === 2) wake.notify(); // while the first wait, which a resync ended, may still stand
    if (passes === 3) stop.abort();
  };
  const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve());
      resyncs.push(resolve);
    });
  const running = runLoop({ pass, changed: wake.wait, onError: () => undefined, signal: stop.signal, sleep });
  while (resyncs.length === 0) await Promise.resolve();
  resyncs[0]!();
  await running;
  expect(passes).toBe(3);
});
