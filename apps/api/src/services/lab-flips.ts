import type { ProbeResult } from "../trpc/views.ts";

/** The new probes, each with when its outcome last changed as far as anybody saw; a pair that is probed for the first time did not change. */
export function withFlips(before: readonly ProbeResult[], after: readonly ProbeResult[]): readonly ProbeResult[] {
  const known = new Map(before.map((probe) => [keyOf(probe), probe]));
  return after.map((probe) => {
    const old = known.get(keyOf(probe));
    if (old === undefined) return probe;
    const flippedAt = old.allowed === probe.allowed ? old.flippedAt : probe.at;
    return flippedAt === undefined ? probe : { ...probe, flippedAt };
  });
}

function keyOf({ from, to, proto, port }: ProbeResult): string {
  return JSON.stringify([from, to, proto, port]);
}
