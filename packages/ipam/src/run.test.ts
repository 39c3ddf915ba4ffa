import { expect, test } from "vitest";
import { IpamContentionError, runIpam } from "./index.ts";
import type { IpamState } from "./index.ts";
import { Books } from "./testdata/books.ts";

/** Refuses so many writes, and keeps what was asked of it. */
function contended(refusals: number) {
  const asked: string[] = [];
  const states: IpamState[] = [];
  const io = {
    read: async (attempt: number) => {
      asked.push(`read ${attempt}`);
      states.push(new Books([], []).read());
      return states.at(-1)!;
    },
    decide: (state: IpamState) => states.indexOf(state),
    apply: async (outcome: number, attempt: number) => {
      asked.push(`apply ${outcome}`);
      return attempt >= refusals;
    },
    retry: async (attempt: number) => void asked.push(`retry ${attempt}`),
  };
  return { asked, io };
}

test("who was too slow reads, decides and writes again", async () => {
  const { asked, io } = contended(2);
  expect(await runIpam(io)).toBe(2);
  expect(asked).toEqual(["read 0", "apply 0", "retry 0", "read 1", "apply 1", "retry 1", "read 2", "apply 2"]);
});

test("who is always too slow gives up after a hundred attempts", async () => {
  const { asked, io } = contended(Infinity);
  await expect(runIpam(io)).rejects.toThrow(IpamContentionError);
  expect(asked.filter((one) => one.startsWith("apply"))).toHaveLength(100);
});

test("a failure is no contention", async () => {
  const { asked, io } = contended(0);
  const apply = () => Promise.reject(new Error("connection refused"));
  await expect(runIpam({ ...io, apply })).rejects.toThrow("connection refused");
  expect(asked).toEqual(["read 0"]);
});
