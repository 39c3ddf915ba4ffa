import { countSessions, type Standing } from "@percale/bgp/standing";
import type { Hearing } from "@percale/protocol";
import { expect, test } from "vitest";
import { tenseOf } from "../../words/tense.ts";
import type { NodeRow } from "./nodes/view.ts";
import { openWords, overviewVerdict } from "./overview-view.ts";

const row = (behind = 0, hearing: Hearing = "heard") =>
  ({
    name: "n",
    behind,
    severity: "ok",
    title: "",
    report: { hearing, silent: "8 s", status: {} },
  }) as unknown as NodeRow;
const counts = (...standings: readonly Standing[]) => countSessions(standings.map((standing) => ({ standing })));
const facts = { rows: [row(), row()], sessions: undefined, conditions: [], differing: 0, loaded: true };

test("a quiet network says so", () => {
  expect(overviewVerdict(facts)).toMatchObject({ severity: "ok", text: "All 2 nodes enforce the newest policy" });
});

test("the worst comes first, the rest behind it", () => {
  expect(overviewVerdict({ ...facts, rows: [row(3), row()], sessions: counts("connecting") })).toEqual({
    severity: "critical",
    text: "1 node does not enforce the newest policy",
    causes: "1 BGP session is not established",
  });
  expect(overviewVerdict({ ...facts, rows: [row(0, "lost"), row()] }).text).toBe("1 agent is no longer heard");
});

test("an empty cluster is no error", () => {
  expect(overviewVerdict({ ...facts, rows: [] }).severity).toBe("info");
});

const condition = (severity: "error" | "warning" | "info", title: string) => ({ severity, title });

test.each([
  ["nothing is known yet", { loaded: false }, { severity: "unknown", text: "Looking at the network", causes: "" }],
  [
    "one node is well",
    { rows: [row()] },
    { severity: "ok", text: "The node enforces the newest policy", causes: "Nothing is reported." },
  ],
  [
    "all is well and sessions stand",
    { sessions: counts("established") },
    {
      severity: "ok",
      text: "All 2 nodes enforce the newest policy",
      causes: "1 BGP session is established, nothing is reported.",
    },
  ],
  [
    "nodes are late and agents lost",
    { rows: [row(1), row(2), row(0, "lost"), row(0, "lost")] },
    { severity: "critical", text: "2 nodes do not enforce the newest policy", causes: "2 agents are no longer heard" },
  ],
  [
    "one error is told by its title",
    { conditions: [condition("error", "BIRD is down"), condition("info", "i")] },
    { severity: "critical", text: "BIRD is down", causes: "" },
  ],
  [
    "errors come before warnings, several of each by their number",
    { conditions: ["error", "error", "warning", "warning"].map((severity) => condition(severity as "error", "t")) },
    { severity: "critical", text: "2 errors are reported", causes: "2 warnings" },
  ],
  ["one warning", { conditions: [condition("warning", "w")] }, { severity: "warning", text: "w", causes: "" }],
  [
    "a packet met another verdict",
    { differing: 1 },
    { severity: "critical", text: "1 probed pair differs from the policy", causes: "" },
  ],
  [
    "packets did, and sessions are down",
    { differing: 2, sessions: counts("down", "unheard", "established") },
    {
      severity: "critical",
      text: "2 probed pairs differ from the policy",
      causes: "2 BGP sessions are not established",
    },
  ],
])("when %s", (_, more, verdict) => {
  expect(overviewVerdict({ ...facts, ...more })).toEqual(verdict);
});

test("an agent that never reported is not heard", () => {
  const silent = { ...row(), report: { name: "n", addresses: [], hearing: "heard" as const } };
  expect(overviewVerdict({ ...facts, rows: [silent] }).text).toBe("1 agent is no longer heard");
});

test.each<[hearing: Hearing, severity: string, text: string]>([
  ["late", "warning", "n was heard 8 s ago"],
  ["unknown", "unknown", "1 agent is not heard yet"],
])("an agent that is %s is neither well nor lost", (hearing, severity, text) => {
  expect(overviewVerdict({ ...facts, rows: [row(0, hearing), row()] })).toMatchObject({ severity, text });
});

test("once nothing is heard any more it says of when it speaks, and nothing is well", () => {
  const tense = tenseOf(Date.UTC(2026, 10, 30, 16, 45, 20));
  expect(overviewVerdict({ ...facts, tense })).toEqual({
    severity: "unknown",
    text: "As of 16:45:20 UTC, all 2 nodes enforced the newest policy",
    causes: "Nothing was reported.",
  });
  expect(overviewVerdict({ ...facts, tense, rows: [row(3), row()] })).toMatchObject({
    severity: "unknown",
    text: "As of 16:45:20 UTC, 1 node did not enforce the newest policy",
  });
});

test.each([
  [0, 0, "none by profile"],
  [3, 0, "3 by profile"],
  [3, 1200, "3 by profile, 1,200 outwards"],
])(
  "of endpoints of which %d end in profiles inwards and whose %d let everything out it says so",
  (byProfile, open, words) => {
    const tally = { open: 0, partly: 0, closed: 0, byProfile: 0 };
    expect(openWords({ ingress: { ...tally, byProfile }, egress: { ...tally, open } })).toBe(words);
  },
);
