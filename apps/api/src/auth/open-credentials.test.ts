import { StatusError, unauthorized } from "@percale/resources";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Identity } from "./identity.ts";
import { OpenCredentials } from "./open-credentials.ts";

const alice: Identity = { user: "alice", groups: [], method: "token", expiresAt: 60_000 };
const away = async (): Promise<never> => {
  throw new StatusError("ServiceUnavailable", "the database can't be reached");
};

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("a store that is away ends nothing before the credential's own end", async () => {
  const { ended } = new OpenCredentials().hold(alice, away);
  await vi.advanceTimersByTimeAsync(58_000);
  expect(ended.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended.reason).toStrictEqual(unauthorized("the credential has expired"));
});

test("a store that never answers is asked once", async () => {
  const ask = vi.fn<() => Promise<Identity>>(() => new Promise<Identity>(() => undefined));
  new OpenCredentials().hold(alice, ask);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("what was released is asked no more", async () => {
  const ask = vi.fn<() => Promise<Identity>>(async () => alice);
  const { ended, release } = new OpenCredentials().hold(alice, ask);
  release();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([ask.mock.calls.length, ended.aborted]).toStrictEqual([0, false]);
});

test.each([
  ["lost a group", ["viewers"]],
  ["got a group", ["viewers", "editors", "admins"]],
  ["is in others", ["editors", "admins"]],
])("what was opened by somebody who %s meanwhile ends: it stands for other rights", async (_, groups) => {
  const [before, after] = [["viewers", "editors"], groups].map((now) => ({ ...alice, groups: now }));
  let now = before!;
  const { ended } = new OpenCredentials().hold(before!, async () => now);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ended.aborted).toBe(false);
  now = after!;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended.reason).toStrictEqual(unauthorized("the rights of alice have changed: connect anew"));
});

test("the order of groups is nobody's right, and a credential that was made longer stays open", async () => {
  const first = { ...alice, groups: ["viewers", "editors"] };
  const { ended } = new OpenCredentials().hold(first, async () => ({
    ...alice,
    groups: ["editors", "viewers"],
    expiresAt: 300_000,
  }));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(ended.aborted).toBe(false);
});
