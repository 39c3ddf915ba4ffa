import { afterEach, expect, test, vi } from "vitest";
import { Readiness } from "./readiness.ts";

afterEach(() => void vi.useRealTimers());

/** `ready` once it has resolved. */
function waited(readiness: Readiness, ms: number): readonly string[] {
  const seen: string[] = [];
  void readiness.within(ms).then(() => seen.push("over"));
  return seen;
}

test("who need not wait does not", async () => {
  vi.useFakeTimers();
  const readiness = new Readiness(() => undefined);
  await readiness.within(10_000);
  expect([readiness.problem(), vi.getTimerCount()]).toEqual([undefined, 0]);
});

test("all who wait go on when the problem is over, and not before", async () => {
  vi.useFakeTimers();
  let problem: string | undefined = "no policy yet";
  const readiness = new Readiness(() => problem);
  const all = [waited(readiness, 10_000), waited(readiness, 10_000)];
  readiness.look();
  await vi.advanceTimersByTimeAsync(9_999);
  expect([readiness.problem(), ...all]).toEqual(["no policy yet", [], []]);
  problem = undefined;
  readiness.look();
  await vi.advanceTimersByTimeAsync(0);
  expect([...all, vi.getTimerCount()]).toEqual([["over"], ["over"], 0]);
});

test("who waits too long goes on all the same", async () => {
  vi.useFakeTimers();
  const readiness = new Readiness(() => "no policy yet");
  const seen = waited(readiness, 10_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(seen).toEqual(["over"]);
});
