import { expect, test } from "vitest";
import { backoffMs, runLoop, Wake } from "./loop.ts";

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

test("backoff doubles up to its cap and keeps a floor under the jitter", () => {
  const at = (failures: number, random: number): number =>
    backoffMs(failures, { baseMs: 100, maxMs: 1000, random: () => random });
  expect([at(1, 1), at(2, 1), at(9, 1)]).toEqual([100, 200, 1000]);
  expect(at(1, 0)).toBe(10);
});

function untilAborted(signal: AbortSignal, never: () => Promise<void>): Promise<void> {
  return signal.aborted ? Promise.resolve() : never();
}
