import { expect, test } from "vitest";
import type { ProbeResult } from "../trpc/views.ts";
import { withFlips } from "./lab-flips.ts";

const probe = (allowed: boolean, at: string, more: Partial<ProbeResult> = {}): ProbeResult => ({
  from: "a",
  to: "b",
  proto: "tcp",
  port: 80,
  allowed,
  at,
  ...more,
});

test("an outcome that changed says when, and keeps saying it", () => {
  const first = withFlips([], [probe(true, "t1")]);
  expect(first).toEqual([probe(true, "t1")]);
  const changed = withFlips(first, [probe(false, "t2")]);
  expect(changed).toEqual([probe(false, "t2", { flippedAt: "t2" })]);
  expect(withFlips(changed, [probe(false, "t3")])).toEqual([probe(false, "t3", { flippedAt: "t2" })]);
  expect(withFlips(changed, [probe(true, "t4")])).toEqual([probe(true, "t4", { flippedAt: "t4" })]);
});

test.each([{ from: "c" }, { to: "c" }, { proto: "udp" }, { port: 81 }, { port: undefined }])(
  "a probe of another pair, %j, tells nothing of this one",
  (other) => {
    expect(withFlips([probe(true, "t1", other)], [probe(false, "t2")])).toEqual([probe(false, "t2")]);
  },
);
