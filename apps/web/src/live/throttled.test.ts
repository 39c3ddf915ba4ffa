import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttled } from "./throttled.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first call runs at once, those that follow as one, and none is lost", () => {
  const at: number[] = [];
  const start = Date.now();
  const call = throttled(1_000, () => at.push(Date.now() - start));
  call();
  for (let ms = 0; ms < 900; ms += 300) {
    vi.advanceTimersByTime(300);
    call();
  }
  vi.advanceTimersByTime(5_000);
  call();
  expect(at).toEqual([0, 1_000, 5_900]);
});

test("what is cancelled does not run again", () => {
  const run = vi.fn<() => void>();
  const call = throttled(1_000, run);
  call();
  call();
  call.cancel();
  vi.advanceTimersByTime(5_000);
  expect(run).toHaveBeenCalledTimes(1);
});
