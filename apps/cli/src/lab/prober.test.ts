import { expect, test } from "vitest";
import { runProber } from "./prober.ts";
import type { Measured, Target } from "./prober.ts";
import type { ProbeResult, ProbeTarget } from "./workload-process.ts";

const at = "2026-11-30T00:00:00.000Z";

/** A target whose process answers as it is told, and what it was asked. */
function target(name: string, more: Partial<Target> = {}, result?: ProbeResult): Target & { asked: ProbeTarget[] } {
  const asked: ProbeTarget[] = [];
  const probe = async (one: ProbeTarget): Promise<ProbeResult> => {
    asked.push(one);
    return result ?? { kind: "open", tookMs: 2, answeredBy: name };
  };
  const process = { probe } as unknown as Target["process"]; // a prober asks nothing else
  const ports = [{ name: "p", protocol: "TCP" as const, port: 80 }];
  return { name, addresses: ["10.65.0.1", "fdc0:65::1"], ports, process, asked, ...more };
}

/** The first rounds that are reported. */
async function rounds(count: number, targets: readonly Target[], onError = (_error: unknown): void => undefined) {
  const stop = new AbortController();
  const reported: (readonly Measured[])[] = [];
  await runProber({
    targets: () => targets,
    report: async (round) => {
      reported.push(round);
      if (reported.length === count) stop.abort();
      throw new Error("not taken");
    },
    onError,
    now: () => new Date(at),
    signal: stop.signal,
  });
  return reported;
}

const measured = (from: string, to: string, more: Partial<Measured> = {}): Measured => ({
  from,
  to,
  port: 80,
  proto: "tcp",
  allowed: true,
  at,
  latencyMs: 2,
  ...more,
});

test("a round has every pair of two that can be probed, over IPv4 where there is a choice", async () => {
  const six = target("six", { addresses: ["fdc0:65::2"] }, { kind: "timeout", tookMs: 300 });
  const web = target("web");
  const portless = target("portless", { ports: [] });
  const [round] = await rounds(1, [
    web,
    six,
    portless,
    target("nowhere", { addresses: [] }),
    target("ill", {}, { kind: "error", detail: "gone" }),
  ]);
  expect(round).toStrictEqual([
    measured("web", "six"),
    measured("web", "ill"),
    ...["web", "ill"].map((to) => measured("six", to, { allowed: false, latencyMs: 300 })),
    ...["web", "six", "ill"].map((to) => measured("portless", to)),
    ...["web", "six", "ill"].map((to) => measured("nowhere", to)),
  ]);
  expect(web.asked).toStrictEqual(
    ["fdc0:65::2", "10.65.0.1"].map((address) => ({ protocol: "tcp", address, port: 80, timeoutMs: 300 })),
  );
});

test("a report that is not taken is told, and the next round comes", async () => {
  const errors: unknown[] = [];
  const reported = await rounds(2, [target("a"), target("b")], (error) => errors.push(error));
  expect([reported.length, errors]).toStrictEqual([2, [1, 2].map(() => new Error("not taken"))]);
});

test("an empty round is not reported", async () => {
  const stop = new AbortController();
  let looked = 0;
  await runProber({
    targets: () => {
      if (++looked === 2) stop.abort();
      return [target("alone")];
    },
    report: async () => expect.unreachable(),
    onError: () => undefined,
    now: () => new Date(at),
    signal: stop.signal,
  });
  expect(looked).toBe(2);
});
