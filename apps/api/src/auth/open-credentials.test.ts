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
