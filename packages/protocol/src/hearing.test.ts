import fc from "fast-check";
import { expect, test } from "vitest";
import { type Hearing, hearingOf, PATIENCE, type Silence } from "./hearing.ts";

test.each<[what: string, silence: Silence, hearing: Hearing]>([
  ["just heard", { heardMs: 0, listeningMs: 60_000 }, "heard"],
  ["heard in time", { heardMs: 2_999, listeningMs: 60_000 }, "heard"],
  ["late", { heardMs: 3_000, listeningMs: 60_000 }, "late"],
  ["late, and not lost yet", { heardMs: 14_999, listeningMs: 60_000 }, "late"],
  ["lost", { heardMs: 15_000, listeningMs: 60_000 }, "lost"],
  ["silent while nobody listened", { heardMs: 40_000, listeningMs: 2_999 }, "unknown"],
  ["silent since before somebody listens again", { heardMs: 40_000, listeningMs: 3_000 }, "late"],
  ["lost only once somebody has listened so long", { heardMs: 40_000, listeningMs: 14_999 }, "late"],
  ["heard right after a pause", { heardMs: 10, listeningMs: 0 }, "heard"],
  ["never heard, and somebody just began", { heardMs: undefined, listeningMs: 14_999 }, "unknown"],
  ["never heard by who listens for long", { heardMs: undefined, listeningMs: 15_000 }, "lost"],
])("%s", (_, silence, hearing) => {
  expect(hearingOf(silence)).toBe(hearing);
});

const ms = fc.nat(60_000);

test("whatever was not heard in time is not heard", () => {
  fc.assert(
    fc.property(fc.option(ms, { nil: undefined }), ms, (heardMs, listeningMs) => {
      const isInTime = heardMs !== undefined && heardMs < PATIENCE.heardMs;
      expect(hearingOf({ heardMs, listeningMs }) === "heard").toBe(isInTime);
    }),
  );
});

test("nobody is blamed for a silence in which nobody listened", () => {
  fc.assert(
    fc.property(fc.option(ms, { nil: undefined }), fc.nat(PATIENCE.heardMs - 1), (heardMs, listeningMs) => {
      expect(["heard", "unknown"]).toContain(hearingOf({ heardMs, listeningMs }));
    }),
  );
});

test("as silence goes on, it only gets worse", () => {
  const rank: Readonly<Record<Hearing, number>> = { heard: 0, unknown: 1, late: 2, lost: 3 };
  fc.assert(
    fc.property(ms, ms, ms, (heardMs, listeningMs, more) => {
      const later = { heardMs: heardMs + more, listeningMs: listeningMs + more };
      expect(rank[hearingOf(later)]).toBeGreaterThanOrEqual(rank[hearingOf({ heardMs, listeningMs })]);
    }),
  );
});
